import {
  aFunction,
  aName,
  aRetry,
  aVersion,
  checkedElsewhere,
  integer,
  isFunction,
  isName,
  isPlainObject,
  must,
  NAMES,
  needed,
  type OptionChecks,
  oneOf,
  optionFaults,
  options,
  shownText,
  shownValue,
  someCodecs,
} from '../../messages';
import { checkReadModel, type EventStore, InvalidReadModelError, type ProjectionStore } from '../../store';
import { processFaults } from '../processes/definition/process-checks';
import type { EventProcessorDefinition, EventProcessorHandler, ProjectionOptions, SequenceRule } from './definition';

/** How a definition is named in a fault. */
export type PlaceOf = (definition: EventProcessorDefinition) => string;

/** Options for background processing: an inline projection fills with defaults, and a live one has no background. */
const BACKGROUND = ['segments', 'sequenceBy', 'retry', 'onError', 'replay'] as const;
const MAX_SEGMENTS = 256;

/** Tells whether a store provides what processors need. */
export const keepsEventProcessors = (store: EventStore['projections']): store is ProjectionStore =>
  store !== undefined && typeof (store as Partial<ProjectionStore>).versions === 'function';

const isMap = (value: unknown): boolean => Object.prototype.toString.call(value) === '[object Map]';

const WORDS = "'aggregate', 'all', or { key, of } with a function of the event";

const RULE: OptionChecks<SequenceRule> = {
  key: needed(
    must(`${NAMES}, and neither 'aggregate' nor 'all'`, key => isName(key) && key !== 'aggregate' && key !== 'all'),
  ),
  of: needed(aFunction),
};

function aSequenceBy(value: unknown, path: string, faults: string[]): void {
  if (value === 'aggregate' || value === 'all') return;
  if (isFunction(value))
    faults.push(
      `${path} is a function; give it a key that names what it returns, such as ${path}: { key: 'customer', of: event => ... }: it is stored, and tells ` +
        'whether other code assigns events to segments in the same way.',
    );
  else options(RULE, WORDS)(value, path, faults);
}

const OPTIONS: OptionChecks<ProjectionOptions> = {
  segments: integer(1, MAX_SEGMENTS),
  sequenceBy: aSequenceBy,
  retry: aRetry,
  onError: oneOf('park', 'stop'),
  replay: oneOf('run', 'skip'),
  mode: oneOf('async', 'inline', 'live'),
  version: aVersion,
  indexes: checkedElsewhere,
  codecs: someCodecs,
};

const DEFINITION: OptionChecks<
  EventProcessorDefinition & { view?: unknown; index?: unknown; process?: unknown; state?: unknown }
> = {
  kind: needed(oneOf('projection', 'reactor', 'process')),
  process: checkedElsewhere,
  state: checkedElsewhere,
  name: needed(aName),
  options: checkedElsewhere,
  handlers: needed(
    must('a Map of handlers; with defineProjection and defineReactor, give an object of functions in `on`', isMap),
  ),
  view: checkedElsewhere,
  index: checkedElsewhere,
};

const HANDLER: OptionChecks<EventProcessorHandler> = {
  type: aFunction,
  handle: needed(aFunction),
  replay: aFunction,
  revive: needed(aFunction),
};

/** Finds the faults of projections and reactors, as sentences with their fixes. */
export function eventProcessorFaults(
  definitions: readonly EventProcessorDefinition[],
  eventStore: EventStore | undefined,
  placeOf: PlaceOf = ({ kind, name }) => `The ${kind} '${name}'`,
): string[] {
  const faults: string[] = [];
  const whole: EventProcessorDefinition[] = [];
  for (const [index, definition] of definitions.entries()) {
    const place = isPlainObject(definition) && isName(definition.name) ? placeOf(definition) : `processors[${index}]`;
    const wrong = [
      ...shapeFaults(definition).map(fault => `: ${fault}`),
      ...meaningFaults(definition).map(fault => ` ${fault}`),
    ];
    faults.push(...wrong.map(fault => place + fault));
    if (wrong.length === 0) whole.push(definition);
  }
  return [...faults, ...sharedNames(whole, placeOf), ...(eventStore ? storeFaults(whole, eventStore, placeOf) : [])];
}

/** Finds the faults of one definition by itself, as sentences; `hasHandlers` tells whether to check its handlers. */
export const definitionFaults = (definition: EventProcessorDefinition, hasHandlers: boolean): string[] => [
  ...shapeFaults(definition),
  ...(hasHandlers ? meaningFaults(definition).map(fault => `it ${fault}`) : []),
];

/** Finds the faults of each part by itself. */
function shapeFaults(definition: EventProcessorDefinition): string[] {
  if (!isPlainObject(definition))
    return [`it is ${shownValue(definition)}; give what defineProjection or defineReactor returns.`];
  const faults = [
    ...optionFaults(definition, DEFINITION),
    ...optionFaults(definition.options, OPTIONS),
    ...processFaults(definition),
  ];
  if (isMap(definition.handlers))
    for (const [event, handler] of definition.handlers) faults.push(...handlerFaults(event, handler));
  return faults;
}

function handlerFaults(event: string, handler: EventProcessorHandler): string[] {
  if (isPlainObject(handler) && handler.handle === undefined && isFunction(handler.replay))
    return [`it handles ${shownText(event)} in replays only. Add a handler for it in \`on\`.`];
  return optionFaults(handler, HANDLER, `the handler of ${shownText(event)}`);
}

/** Finds the faults of the parts together. */
function meaningFaults(definition: EventProcessorDefinition): string[] {
  if (!isPlainObject(definition) || !isMap(definition.handlers) || !isPlainObject(definition.options)) return [];
  const { kind, options: given, handlers } = definition;
  const faults: string[] = [];
  if (handlers.size === 0 && kind !== 'process')
    faults.push('handles no event. Decorate a method with @EventHandler, or give handlers in `on`.');
  if (kind === 'reactor' && given.indexes)
    faults.push('has indexes, but a reactor has no documents. Remove them, or make it a projection.');
  return [...faults, ...indexFaults(given.indexes), ...modeFaults(definition)];
}

function indexFaults(indexes: ProjectionOptions['indexes'] = []): string[] {
  try {
    checkReadModel({ name: 'it', version: 1, indexes });
    return [];
  } catch (error) {
    if (!(error instanceof InvalidReadModelError)) throw error;
    return error.faults.map(fault => `is declared incorrectly: ${fault}`);
  }
}

function modeFaults({ kind, options: given, handlers }: EventProcessorDefinition): string[] {
  const { mode = 'async' } = given;
  if (mode !== 'inline' && mode !== 'live') return [];
  if (kind === 'reactor')
    return [`is a reactor with the mode '${mode}'. A reactor follows by checkpoint: remove the mode.`];
  const useless = BACKGROUND.filter(option => given[option] !== undefined);
  const faults = useless.map(
    option => `has the mode '${mode}', in which ${option} has no effect. Remove it, or use the mode 'async'.`,
  );
  if (mode === 'live' && [...handlers.values()].some(handler => handler?.replay))
    faults.push("has the mode 'live', which replays nothing. Remove @ReplayHandler, or use the mode 'async'.");
  return faults;
}

function sharedNames(definitions: readonly EventProcessorDefinition[], placeOf: PlaceOf): string[] {
  const byName = new Map<string, EventProcessorDefinition[]>();
  for (const definition of definitions)
    byName.set(definition.name, [...(byName.get(definition.name) ?? []), definition]);
  return [...byName]
    .filter(([, sharing]) => sharing.length > 1)
    .map(
      ([name, sharing]) =>
        `Two projections or reactors have the name '${name}': ${sharing.map(placeOf).join(' and ')}. Their data is stored under it: rename one of them.`,
    );
}

function storeFaults(
  definitions: readonly EventProcessorDefinition[],
  eventStore: EventStore,
  placeOf: PlaceOf,
): string[] {
  const stored = definitions.filter(({ options }) => options.mode !== 'live');
  if (stored.length === 0) return [];
  if (!keepsEventProcessors(eventStore.projections))
    return [
      `${stored.map(placeOf).join(' and ')} need${stored.length === 1 ? 's' : ''} an event store that keeps documents and checkpoints; this one ` +
        "has no `projections`, or not all of it. Use another store, or the mode 'live'.",
    ];
  const faults = processStoreFaults(stored, eventStore.projections, placeOf);
  const fault = inlineFault(eventStore, eventStore.projections);
  if (fault === undefined) return faults;
  const inline = stored.filter(({ options }) => options.mode === 'inline');
  return [...faults, ...inline.map(each => `${placeOf(each)} has the mode 'inline', and ${fault}`)];
}

function processStoreFaults(
  definitions: readonly EventProcessorDefinition[],
  { processes }: ProjectionStore,
  placeOf: PlaceOf,
): string[] {
  if (processes) return [];
  return definitions
    .filter(({ kind }) => kind === 'process')
    .map(each => `${placeOf(each)} needs an event store whose \`projections\` have \`processes\`; this one has none.`);
}

/** Explains why the transactions of the projections cannot append for an event store, and what to do. */
function inlineFault(eventStore: EventStore, { transaction, eventsBeside }: ProjectionStore): string | undefined {
  if (typeof transaction !== 'function')
    return "the event store has no `projections.transaction`. Use the mode 'async'.";
  if (eventsBeside === undefined)
    return "its documents are not stored beside the events: the transactions of the event store's `projections` take no events. Use the mode 'async'.";
  const { store, append, readAll } = eventsBeside;
  if (store === eventStore && append === eventStore.append && readAll === eventStore.readAll) return undefined;
  const own = store === eventStore ? 'its class overrides append or readAll' : 'it wraps another store';
  return (
    `its appends would bypass the event store: ${own}, and the transactions of its \`projections\` append and read without that. ` +
    "Use the mode 'async', or give projections whose `eventsBeside` is this store."
  );
}
