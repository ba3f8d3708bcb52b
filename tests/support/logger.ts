/** Receives what the tests provoke. */
export const SILENT = { error: () => {}, warn: () => {} };
