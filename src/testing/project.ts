import { AssertionError, deepStrictEqual } from 'node:assert/strict';

import { inspect } from 'node:util';

import { bootstrap, MODULE_OPTIONS } from '../bootstrap';
import { isPromise } from '../concurrency';
import { eventProcessorRole, Module, type ModuleOptions } from '../decorators';
import { type ClassReference, isPlainObject, must, refuseArguments, refuseOptions, sealPayload } from '../messages';
import {
  type EventProcessorDefinition,
  fieldsOf,
  type ProcessDefinition,
  type ProjectionDefinition,
  type ViewOf,
} from '../processing';
import { type EventStore, InMemoryEventStore } from '../store';

import {
  copied,
  type ErrorClass,
  expectError,
  expectNoError,
  refuseExpectedError,
  tookContinuations,
} from './expectations';
import { GivenProcess } from './given-process';
import type { History } from './history';
import { adjustedHandlers } from './recording';
import type { ProcessTestOptions } from './run-process';
import { started } from './started';

/** The dependencies of a projection, as in a module: `providers` for the parameters of its constructor. */
export interface ProjectOptions extends ModuleOptions {}

/** The given events of any aggregates. */
export class GivenHistory {
  constructor(private readonly histories: readonly History[]) {}

  /**
   * Sets the projection: a class with `@Projection`, or the result of `defineProjection`. It runs in memory, whatever
   * its mode.
   * @throws InvalidOptionsError
   */
  project<P extends ClassReference>(
    projection: P,
    options?: ProjectOptions,
  ): Projected<P extends ClassReference<infer I> ? ViewOf<I> : any>;
  project<View extends object>(projection: ProjectionDefinition<View>, options?: ProjectOptions): Projected<View>;
  project(projection: ClassReference | ProjectionDefinition, options: ProjectOptions = {}): Projected {
    refuseArguments('project', { projection: [projection, aProjection] });
    refuseOptions('project', options, MODULE_OPTIONS);
    return new Projecting(this.histories, projection, options);
  }

  /**
   * Sets the process manager: a class with `@ProcessManager`, or the result of `defineProcess`. What it decides because
   * of the given events is left aside; the last input follows.
   * @throws InvalidOptionsError, WiringError with all faults of the class
   */
  process(process: ProcessClass | ProcessDefinition, options: ProcessTestOptions = {}): GivenProcess {
    return new GivenProcess(this.histories, process, options);
  }
}

/** A class whose constructor takes nothing, as those of process managers are. */
type ProcessClass = new () => object;

/** The expectations of a projection. It runs once, however many expectations follow. */
export interface Projected<View extends object = any> {
  /** Expects exactly these documents, by id. */
  then(documents: Readonly<Record<string, View>>): Promise<void>;
  /** Expects that a handler throws an error of this class, with this `code`, or with this text in its message. */
  thenError(expected: ErrorClass | string): Promise<void>;
}

const SILENT = { error: () => undefined, warn: () => undefined };

interface Outcome {
  readonly documents: Readonly<Record<string, object>>;
  readonly error: { readonly thrown: unknown } | undefined;
}

class Projecting implements Projected {
  #run: Promise<Outcome> | undefined;

  constructor(
    readonly histories: readonly History[],
    readonly projection: ClassReference | ProjectionDefinition,
    readonly options: ProjectOptions,
  ) {}

  async then(...expected: readonly Readonly<Record<string, object>>[]): Promise<void> {
    if (tookContinuations(expected, 'Say what is expected: .then({ id: document }) or .thenError(...).')) return;
    refuseArguments('then', { documents: [expected[0], documentsById] });
    const { documents, error } = await this.#result();
    const wanted = Object.fromEntries(
      Object.entries(expected[0]!).map(([id, document]) => [
        id,
        copied(sealPayload(this.#stored(document), `The document expected for '${id}'`)),
      ]),
    );
    expectNoError(error, wanted, `the documents ${inspect(wanted)}`);
    deepStrictEqual(documents, wanted);
  }

  async thenError(expected: ErrorClass | string): Promise<void> {
    refuseExpectedError(expected);
    const { documents, error } = await this.#result();
    expectError(error, documents, expected);
  }

  /** Documents are compared as they are stored. */
  #stored(document: object): object {
    const { projection } = this;
    const role = typeof projection === 'function' ? eventProcessorRole(projection) : projection;
    return (role && fieldsOf(role)?.encode(document)) ?? document;
  }

  #result(): Promise<Outcome> {
    this.#run ??= project(this.histories, this.projection, this.options);
    return this.#run;
  }
}

/** Lets the engine follow the events as they happen, so that they are not a replay. */
async function project(
  histories: readonly History[],
  projection: ClassReference | ProjectionDefinition,
  options: ProjectOptions,
): Promise<Outcome> {
  const name = nameOf(projection);
  const thrown: unknown[] = [];
  const eventStore = new InMemoryEventStore();
  const isClass = typeof projection === 'function';
  class ProjectionModule {}
  Module({ ...options, components: [...(options.components ?? []), ...(isClass ? [projection] : [])] })(
    ProjectionModule,
  );
  const flow = await bootstrap(ProjectionModule, {
    eventStore,
    processors: isClass ? [] : [projection],
    // The expectation reports the errors of handlers.
    logger: SILENT,
    adjustEventProcessor: definition =>
      definition.name === name ? once(definition, error => thrown.push(error)) : definition,
  });
  try {
    const processor = flow.processors.of(name);
    await started(flow);
    for (const append of histories.flatMap(history => history.appends())) await eventStore.append([append]);
    await flow.processors.settled();
    const [parked] = await processor.deadLetters({ limit: 1 });
    const { activeVersion } = await processor.status();
    const documents = await documentsOf(eventStore, name, activeVersion!);
    if (!parked) return { documents, error: undefined };
    return { documents, error: { thrown: thrown.length > 0 ? thrown[0] : unstorable(name, parked.error) } };
  } finally {
    await flow.close();
  }
}

/** One call for each event, in the given order whatever the number of segments, and its error is recorded. */
function once(definition: EventProcessorDefinition, failed: (error: unknown) => void): EventProcessorDefinition {
  const { mode: _, retry: __, onError: ___, segments: ____, ...options } = definition.options;
  return {
    ...definition,
    options: { ...options, retry: { attempts: 1 } },
    // Waits in step with the handler, even if it returns no promise: later writes are late here, too.
    handlers: adjustedHandlers(definition, (_event, handle) => {
      const told = (error: unknown): never => {
        failed(error);
        throw error;
      };
      try {
        const result = handle();
        return isPromise(result) ? Promise.resolve(result).catch(told) : result;
      } catch (error) {
        return told(error);
      }
    }),
  };
}

async function documentsOf(
  { projections }: EventStore,
  name: string,
  version: number,
): Promise<Record<string, object>> {
  const documents: Record<string, object> = {};
  let after: string | undefined;
  do {
    const page = await projections!.find(name, version, after === undefined ? {} : { after });
    for (const { id, document } of page.items) documents[id] = copied(document);
    after = page.cursor;
  } while (after !== undefined);
  return documents;
}

/** Returns the projection of a class or a value; undefined if it is none. */
const roleOf = (projection: any): { readonly kind: string; readonly name: string } | undefined =>
  typeof projection === 'function' ? eventProcessorRole(projection) : projection;

const nameOf = (projection: ClassReference | ProjectionDefinition): string => roleOf(projection)!.name;

const aProjection = must(
  "a class with @Projection('name'), or what defineProjection makes",
  value => roleOf(value)?.kind === 'projection',
);
const documentsById = must('an object of documents by id', isPlainObject);

const unstorable = (name: string, error: string | undefined): AssertionError =>
  new AssertionError({ message: `What '${name}' wrote cannot be stored: ${error}`, actual: error });
