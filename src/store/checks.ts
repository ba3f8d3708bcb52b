import { DuplicateEventError, InvalidAppendError, InvalidPageError } from './errors';
import { type ExpectedVersion, type NewEvent, PAGE_LIMIT, type StorePage, type StreamAppend, type StreamPage } from './event-store';

/** Longest aggregate name, aggregate id and event name, in characters. */
export const LONGEST_NAME = 255;

/**
 * Refuses an append that no store can accept, with all its faults. The payloads are not looked at: see `sealPayload`.
 * @throws InvalidAppendError, DuplicateEventError
 */
export function checkAppends(appends: readonly StreamAppend[]): void {
  if (!Array.isArray(appends)) throw new InvalidAppendError(['appends must be a list.']);
  const faults: string[] = [];
  for (let index = 0; index < appends.length; index++) checkAppend(appends[index]!, index, faults);
  if (appends.length > 1) checkOncePerStream(appends, faults);
  if (faults.length > 0) throw new InvalidAppendError(faults);
  checkEventIds(appends);
}

/** Tells whether a stream at a version is as expected. */
export function isExpected(expected: ExpectedVersion, actual: number): boolean {
  if (expected === 'any') return true;
  if (expected === 'none') return actual === 0;
  return expected === 'exists' ? actual > 0 : expected === actual;
}

/** Fills in and checks the page of one stream. @throws InvalidPageError */
export function streamPage(page: StreamPage = {}): { from: number; limit: number } {
  const { from = 1, limit = PAGE_LIMIT, signal } = page;
  signal?.throwIfAborted();
  if (!Number.isSafeInteger(from) || from < 1) throw new InvalidPageError('from', from);
  return { from, limit: checkedLimit(limit) };
}

/** Fills in and checks a page of the whole store. @throws InvalidPageError */
export function storePage(page: StorePage = {}): { after: bigint; limit: number } {
  const { after = 0n, limit = PAGE_LIMIT, signal } = page;
  signal?.throwIfAborted();
  if (typeof after !== 'bigint' || after < 0n) throw new InvalidPageError('after', after);
  return { after, limit: checkedLimit(limit) };
}

function checkedLimit(limit: number): number {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > PAGE_LIMIT) throw new InvalidPageError('limit', limit);
  return limit;
}

// Sentences and paths are made only for what is wrong: these checks run for every append.

function checkAppend({ stream, expected, events }: StreamAppend, place: number, faults: string[]): void {
  if (!isName(stream?.aggregateName)) faults.push(nameFault(stream?.aggregateName, `appends[${place}].stream.aggregateName`));
  if (!isName(stream?.aggregateId)) faults.push(nameFault(stream?.aggregateId, `appends[${place}].stream.aggregateId`));
  if (typeof expected === 'number' ? !Number.isSafeInteger(expected) || expected < 0 : !['any', 'none', 'exists'].includes(expected)) {
    faults.push(`appends[${place}].expected is ${String(expected)}; it must be 'any', 'none', 'exists' or an integer from 0.`);
  }
  if (!Array.isArray(events) || events.length === 0) faults.push(`appends[${place}].events must be a list of one event at least.`);
  else for (let index = 0; index < events.length; index++) checkEvent(events[index]!, place, index, faults);
}

function checkEvent({ name, id, schemaVersion }: NewEvent, place: number, index: number, faults: string[]): void {
  const path = (field: string): string => `appends[${place}].events[${index}].${field}`;
  if (!isName(name)) faults.push(nameFault(name, path('name')));
  if (id !== undefined && !isUuid(id)) faults.push(`${path('id')} is '${String(id)}'; it must be a UUID in lower case.`);
  if (schemaVersion !== undefined && !(Number.isSafeInteger(schemaVersion) && schemaVersion >= 1)) {
    faults.push(`${path('schemaVersion')} is ${String(schemaVersion)}; it must be an integer from 1.`);
  }
}

function isName(name: unknown): boolean {
  return typeof name === 'string' && name.length > 0 && name.length <= LONGEST_NAME && name.isWellFormed() && !name.includes('\0');
}

function nameFault(name: unknown, path: string): string {
  return `${path} is ${JSON.stringify(name) ?? String(name)}; it must be text of 1 to ${LONGEST_NAME} characters without NUL.`;
}

function isUuid(id: unknown): boolean {
  return typeof id === 'string' && /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(id);
}

function checkOncePerStream(appends: readonly StreamAppend[], faults: string[]): void {
  const seen = new Set<string>();
  for (const { stream } of appends) {
    const key = JSON.stringify([stream?.aggregateName, stream?.aggregateId]);
    if (seen.has(key)) faults.push(`${stream.aggregateName} '${stream.aggregateId}' occurs twice; put its events into one append.`);
    seen.add(key);
  }
}

function checkEventIds(appends: readonly StreamAppend[]): void {
  let seen: Set<string> | undefined;
  for (const { events } of appends) {
    for (const { id } of events) {
      if (id === undefined) continue;
      seen ??= new Set();
      if (seen.has(id)) throw new DuplicateEventError(id);
      seen.add(id);
    }
  }
}
