import { namesOnStack } from '../names/stack-names';

/**
 * The name of the methods that wait for a user's handler, by which they are found on the stack. A text, so that no
 * minifier changes it.
 */
export const HANDLING = 'eventuality: waits for a handler';

/** Tells whether the caller runs inside a handler that the framework waits for. */
export const isWithinHandler = (): boolean => namesOnStack().some(name => name?.includes(HANDLING));
