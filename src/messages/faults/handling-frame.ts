import { namesOnStack } from '../names/stack-names';

/**
 * The name of the methods that wait for a handler of the user's, by which they are found on the stack. A text, so that
 * no minifier changes it.
 */
export const HANDLING = 'eventuality: waits for a handler';

/** Tells whether a handler that the framework waits for calls this, or awaits what does. */
export const isWithinHandler = (): boolean => namesOnStack().some(name => name?.includes(HANDLING));
