import { AssertionError } from 'node:assert/strict';
import { decide, targetOf } from '../commands';
import { NoFlowError, UnknownCommandError } from '../flow';
import {
  anUpcaster,
  type ClassReference,
  type CommandContext,
  CommandMessage,
  contentOf,
  type EventReader,
  instanceFrom,
  isOrExtends,
  isPlainMessage,
  listOf,
  MessageClassMismatchError,
  messageMetadata,
  messageName,
  metadataEntries,
  must,
  type OptionChecks,
  refuseInvalidMessage,
  refuseOptions,
  type SealedEvent,
  UnnamedMessageError,
  type Upcaster,
} from '../messages';
import { type AggregateDefinition, AggregateInstance, type CommandRule, SnapshotRefusedError } from '../model';
import { provenSnapshot } from '../repository';
import { recordEvent } from '../store';
import { sameState } from './comparing';
import { idsFrom, type TestIds, testIds } from './deciding-ids';
import { copied } from './expectations';
import { sealedEvent, testReader } from './stored-event';
import { VirtualClock } from './virtual-clock';

/** The context of a command in a test. */
export interface WhenOptions {
  /** The time of `context.now`; default 2020-01-01T00:00:00Z. */
  readonly now?: Date;
  /** The results of `context.newId()`: a list, one after the other, or a function; default `id-1`, `id-2`... */
  readonly ids?: TestIds;
  /** Entries for `context.metadata`. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** What renames, splits or drops the given events, from `upcaster` and classes with `@Upcaster`; default none. */
  readonly upcasters?: readonly (Upcaster | ClassReference)[];
}

const WHEN_OPTIONS: OptionChecks<WhenOptions> = {
  now: must('a Date', value => value instanceof Date && !Number.isNaN(value.getTime())),
  ids: testIds,
  metadata: metadataEntries,
  upcasters: listOf('upcasters', anUpcaster),
};

/** Refuses a value that is not a command. @throws InvalidOptionsError, UnnamedMessageError */
export function refuseWhen(command: unknown, options: WhenOptions): void {
  if (typeof command !== 'object' || command === null) throw new UnnamedMessageError(command);
  refuseOptions('when', options, WHEN_OPTIONS);
}

/** An event as a test compares and prints it. */
export interface Decided {
  readonly event: string;
  readonly payload: object;
}

/** The result of one command in a test. */
export interface TestRun {
  readonly events: readonly Decided[];
  readonly state: unknown;
  readonly error: { readonly thrown: unknown } | undefined;
}

/** Returns an event without what does not matter for a comparison: its class, and that it is frozen. */
export const decided = ({ name, payload }: SealedEvent): Decided => ({ event: name, payload: copied(payload) });

/** Replays the given events, lets the aggregate decide, and checks that its state follows from its events. */
export async function runCommand(
  definition: AggregateDefinition,
  given: readonly object[],
  command: object,
  options: WhenOptions,
): Promise<TestRun> {
  const before = given.map(event => sealedEvent(definition, event));
  const { events = [], declared = [] } = definition;
  const reader = testReader([...events, ...declared], options.upcasters);
  let addressed: Addressed;
  try {
    addressed = address(definition, command, options);
  } catch (thrown) {
    return { events: [], state: undefined, error: { thrown } };
  }
  const { message, rule, id } = addressed;
  const instance = instanceAfter(definition, id, before, reader);
  let error: TestRun['error'];
  try {
    instance.applyReturned(await decide(instance, message, rule, testContext(message, options)));
  } catch (thrown) {
    error = { thrown };
  }
  proveState(definition, instance, before, reader);
  proveSnapshot(definition, instance);
  return { events: error ? [] : instance.changes.map(decided), state: instance.state, error };
}

interface Addressed {
  readonly message: CommandMessage;
  readonly rule: CommandRule;
  readonly id: string;
}

/**
 * Finds the rule and the aggregate of a command, as a flow does.
 * @throws UnknownCommandError, MessageClassMismatchError, InvalidMessageError, MissingAggregateIdError
 */
function address(definition: AggregateDefinition, command: object, { metadata }: WhenOptions): Addressed {
  const name = isPlainMessage(command) ? command.name : messageName(command.constructor as never);
  const rule = definition.commands.get(name);
  if (!rule) throw new UnknownCommandError(name, definition.commands.keys());
  if (rule.type && !isPlainMessage(command) && !isOrExtends(command.constructor, rule.type))
    throw new MessageClassMismatchError('command', name, rule.type, command.constructor, command);
  const content = commandContent(command, rule);
  const schema = rule.schema ?? schemaOf(rule.type ?? command.constructor);
  if (schema) refuseInvalidMessage('command', name, content, schema);
  const message = new CommandMessage(name, content, metadata ? { metadata } : {});
  return { message, rule, id: targetOf(message, rule, definition.name) };
}

function commandContent(command: object, { type }: CommandRule): object {
  const content = contentOf(command);
  return type && content !== command && typeof content === 'object' ? instanceFrom(type, content) : content;
}

const schemaOf = (type: Function) => messageMetadata(type)?.schema;

function testContext(message: CommandMessage, { now, ids }: WhenOptions): CommandContext {
  const clock = new VirtualClock(now);
  return {
    commandId: message.id,
    commandName: message.name,
    metadata: message.metadata,
    now: new Date(clock.now()),
    signal: undefined,
    newId: idsFrom(ids),
    dispatch: () => Promise.reject(new NoFlowError()),
    query: () => Promise.reject(new NoFlowError()),
    schedule: () => Promise.reject(new NoFlowError()),
    unschedule: () => Promise.reject(new NoFlowError()),
  };
}

/** Folds events into a new aggregate, as if they had been stored. */
function instanceAfter(
  definition: AggregateDefinition,
  id: string,
  events: readonly SealedEvent[],
  reader: EventReader,
): AggregateInstance {
  const instance = new AggregateInstance(definition, id);
  const stream = { aggregateName: definition.name, aggregateId: id };
  instance.replay(
    events.map((event, index) => {
      const marks = event.state && { marks: { state: event.state } };
      return recordEvent({ ...event, ...marks }, stream, index + 1, BigInt(index + 1), '2020-01-01T00:00:00.000Z');
    }),
    reader,
  );
  return instance;
}

function proveState(
  definition: AggregateDefinition,
  instance: AggregateInstance,
  before: readonly SealedEvent[],
  reader: EventReader,
): void {
  const all = [...before, ...instance.changes];
  const refolded = instanceAfter(definition, instance.id, all, reader).state;
  if (!sameState(instance.state, refolded)) {
    throw unequal(
      `${definition.name} changed its state outside of its event handlers: after a reload that change is gone.`,
      instance.state,
      refolded,
    );
  }
  const decoded = all.map(event => ({
    ...event,
    payload: JSON.parse(JSON.stringify(event.payload)),
    ...(event.state && { state: copied(event.state) }),
  }));
  const reread = instanceAfter(definition, instance.id, decoded, reader).state;
  if (!sameState(instance.state, reread)) {
    throw unequal(
      `The events of ${definition.name} do not survive being stored as JSON: give them plain data or a codec.`,
      instance.state,
      reread,
    );
  }
}

/** Fails here, instead of with a line in a log, if no snapshot can be taken. */
function proveSnapshot(definition: AggregateDefinition, instance: AggregateInstance): void {
  const { name, snapshot } = definition;
  if (!snapshot) return;
  if (snapshot.refusal !== undefined) throw new SnapshotRefusedError(name, undefined, snapshot.refusal);
  provenSnapshot(definition, snapshot, instance);
}

function unequal(message: string, actual: unknown, expected: unknown): AssertionError {
  return new AssertionError({
    message: `${message}\nstate: ${print(actual)}\nfrom its events: ${print(expected)}`,
    actual,
    expected,
    operator: 'deepStrictEqual',
  });
}

const print = (value: unknown): string =>
  JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${each}n` : each));
