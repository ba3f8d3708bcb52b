/** Refuses a round whose work was not done. */
export function check(condition, message) {
  if (!condition) throw new Error(`The work was not done: ${message}`);
}
