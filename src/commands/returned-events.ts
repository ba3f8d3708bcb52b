import { type CommandOutcome, isPlainEvent, type PlainEvent, type RecordedEvent, type SealedEvent } from '../messages';
import { type AggregateInstance, InvalidDecisionError } from '../model';
import type { StreamChanges, UnitOfWork } from '../repository';
import { streamKey } from '../store';

/** What a handler function returned. */
export interface Returned {
  /** The outcome of another command, which becomes the handler's own unless it has changed something itself. */
  readonly outcome?: CommandOutcome;
  /** Events that other commands have stored. */
  readonly recorded: readonly RecordedEvent[];
  /** Plain events for aggregates that were not loaded. */
  readonly appends: readonly StreamChanges[];
}

const NOTHING: Returned = { recorded: [], appends: [] };

/**
 * Adds the events that a handler function returned to its unit of work. Events that an action has applied to an
 * aggregate are saved with it; others are applied to the aggregate that they belong to.
 * @throws InvalidDecisionError for a value that is not an event, and for an event whose aggregate cannot be determined
 */
export function takeReturned(returned: unknown, unit: UnitOfWork): Returned {
  if (returned === undefined) return NOTHING;
  if (isOutcome(returned)) return { outcome: returned, recorded: [], appends: [] };
  const recorded: RecordedEvent[] = [];
  const appends = new Map<string, StreamChanges>();
  for (const event of listOf(returned)) {
    if (isRecorded(event)) recorded.push(event);
    else if (!take(event, unit)) addAppend(plainEventOf(event, unit), appends);
  }
  return { recorded, appends: [...appends.values()] };
}

/** An action may return a list; a handler may return several of them. */
function listOf(returned: unknown): unknown[] {
  return (Array.isArray(returned) ? returned.flat() : [returned]).filter(
    event => event !== undefined && event !== null,
  );
}

/** Saves the aggregate that an event belongs to; returns false if it belongs to none of the loaded ones. */
function take(event: unknown, unit: UnitOfWork): boolean {
  if (typeof event !== 'object' || event === null) return false;
  const { instances } = unit;
  const applied = instances.find(instance => instance.hasApplied(event));
  const instance = applied ?? ownerOf(event, instances);
  if (!instance) return false;
  if (!applied) instance.apply(event);
  unit.stage(instance);
  return true;
}

/**
 * An event that belongs to no loaded instance: a plain one names its aggregate; an instance of an event class belongs
 * to the only loaded aggregate.
 */
function ownerOf(event: object, instances: readonly AggregateInstance[]): AggregateInstance | undefined {
  const plain = isPlainEvent(event);
  if (!plain && event.constructor === Object) return undefined;
  const candidates = plain ? instances.filter(instance => isAbout(event, instance)) : instances;
  return candidates.length === 1 ? candidates[0] : undefined;
}

const isAbout = ({ aggregateId, aggregateName }: PlainEvent, { id, definition }: AggregateInstance): boolean =>
  id === aggregateId && (aggregateName === undefined || aggregateName === definition.name);

function plainEventOf(event: unknown, { message }: UnitOfWork): PlainEvent & { readonly aggregateName: string } {
  if (typeof event === 'object' && event !== null && isPlainEvent(event) && event.aggregateName !== undefined)
    return event as PlainEvent & { readonly aggregateName: string };
  throw new InvalidDecisionError(`The handler of ${message.name}`, event);
}

function addAppend(
  { aggregateName, aggregateId, name, payload, state }: ReturnType<typeof plainEventOf>,
  appends: Map<string, StreamChanges>,
): void {
  const stream = { aggregateName, aggregateId };
  const key = streamKey(stream);
  const change: SealedEvent = { name, schemaVersion: 1, payload, ...(state && { state }) };
  appends.set(key, { stream, expected: 'any', changes: [...(appends.get(key)?.changes ?? []), change] });
}

const isRecorded = (value: unknown): value is RecordedEvent =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as RecordedEvent).position === 'bigint' &&
  typeof (value as RecordedEvent).version === 'number';

const isOutcome = (value: unknown): value is CommandOutcome =>
  typeof value === 'object' &&
  value !== null &&
  'succeeded' in value &&
  Array.isArray((value as CommandOutcome).events);
