/** Tells the time. Replace it to decide in tests what "now" is. */
export interface Clock {
  /** Returns the time in milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
}

/** The clock of the machine. */
export const systemClock: Clock = { now: () => Date.now() };

let lastTime = Number.NaN;
let lastText = '';

/** Formats a time as ISO 8601 in UTC with milliseconds; the text of the last millisecond asked for is kept. */
export function isoTime(time: number): string {
  if (time !== lastTime) {
    lastText = new Date(time).toISOString();
    lastTime = time;
  }
  return lastText;
}
