/** Receives what the framework reports. pino and `console` have this shape. */
export interface Logger {
  error(details: object, message: string): void;
  warn(details: object, message: string): void;
}

/** Writes to the console: the message first, then its details. */
export const consoleLogger: Logger = {
  error: (details, message) => console.error(literal(message), details),
  warn: (details, message) => console.warn(literal(message), details),
};

/** The console formats what follows a message by its percent signs: a name with `%c` in it would hide the details. */
const literal = (message: string): string => message.replaceAll('%', '%%');
