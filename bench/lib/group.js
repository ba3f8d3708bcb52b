/** What a workload is called for on the command line, in contender files and in the docs; several may share it. */
export const groupOf = ({ id, group }) => group ?? id;
