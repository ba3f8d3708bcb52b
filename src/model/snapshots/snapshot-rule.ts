import {
  aFunction,
  aVersion,
  type Check,
  type Codecs,
  FieldsCodec,
  integer,
  needed,
  type OptionChecks,
  options,
  shownText,
  someCodecs,
} from '../../messages';
import { SnapshotRefusedError } from '../errors';
import { decodeState, encodeState, UnkeepableValue } from './state-codec';

/** When snapshots of an aggregate are taken, and which stored snapshots can be used. */
export interface SnapshotTiming {
  /** Takes a snapshot whenever the stream passes a multiple of this number of events. An integer from 1. */
  readonly every: number;
  /**
   * The version of the state's shape; default 1. Raise it whenever you change the fields, or what the event handlers do
   * with them: snapshots of other versions are ignored and replaced.
   */
  readonly version?: number;
  /** Codecs of fields of the stored data, for values that the state cannot be stored with; default none. */
  readonly codecs?: Codecs;
}

/**
 * The option `snapshot`. Without `take` and `restore` the own fields of the aggregate are stored, if all of them can be
 * read and stored exactly; an aggregate with private `#fields` needs both functions.
 */
export type SnapshotOptions<State = any> = SnapshotTiming &
  (
    | { readonly take?: undefined; readonly restore?: undefined }
    | {
        /** Returns the data to store; it may contain dates, maps and sets. */
        readonly take: (state: State) => object;
        /** Applies the stored data to the state of a new aggregate, or returns another state. */
        readonly restore: (state: State, data: any) => State | undefined | void;
      }
  );

/** How an aggregate is stored as a snapshot: the compiled form of the option `snapshot`. It can be written by hand. */
export interface SnapshotRule<State = any> {
  readonly every: number;
  readonly version: number;
  /** Why no snapshot can be taken of any aggregate of this kind, if known in advance. */
  readonly refusal?: string | undefined;
  /**
   * True if states with equal texts are equal; otherwise their own fields are also compared before a snapshot is
   * stored.
   */
  readonly exact?: boolean;
  /** Returns a state as JSON text. @throws SnapshotRefusedError if a part of it cannot be stored */
  take(state: State, id: string): string;
  /**
   * Returns the state of such a text, a new object each time. Throws if the text is damaged, or of a state with other
   * fields.
   */
  restore(id: string, text: string): State;
}

/** How aggregates, with or without classes, export and import their state. */
export interface SnapshotSubject<State extends object> {
  readonly name: string;
  initialState(id: string): State;
  /** Why the state cannot be read, if it cannot. */
  readonly refusal: string | undefined;
  dataOf(state: State): object;
  /** Returns the state for the data: the fresh one filled, or another one. */
  filled(fresh: State, data: object): State;
}

/** Compiles the option `snapshot` to a rule. */
export function snapshotRule<State extends object>(
  options: SnapshotOptions<State>,
  subject: SnapshotSubject<State>,
): SnapshotRule<State> {
  const { every, version = 1, take, restore } = options;
  const { name } = subject;
  const values = options.codecs && new FieldsCodec(options.codecs, `the state of '${shownText(name)}'`);
  const whole = take ?? subject.dataOf;
  const dataOf = values ? (state: State) => values.encode(whole(state)) : whole;
  const filled = restore ? (fresh: State, data: object) => restore(fresh, data) ?? fresh : subject.filled;
  return {
    every,
    version,
    exact: !take,
    refusal: take ? undefined : subject.refusal,
    take(state, id) {
      try {
        return JSON.stringify({ fields: Object.keys(subject.initialState(id)), state: encodeState(dataOf(state)) });
      } catch (error) {
        throw new SnapshotRefusedError(
          name,
          id,
          error instanceof UnkeepableValue ? error.message : `taking it fails: ${error}`,
          error,
        );
      }
    },
    restore(id, text) {
      const fresh = subject.initialState(id);
      const { fields, state } = envelopeOf(text);
      // A field that was added without raising the version would otherwise lack what earlier events had set.
      const present = Object.keys(fresh);
      if (fields.join() !== present.join())
        throw new TypeError(
          `The snapshot is of a state that begins with the fields [${fields}]; now these are [${present}].`,
        );
      const stored = objectOf(decodeState(state));
      const data = values ? values.decode(stored) : stored;
      if (!restore) refuseOtherKind(data, subject.dataOf(fresh));
      return objectOf(filled(fresh, data), 'The state restored') as State;
    },
  };
}

const SNAPSHOT_OPTIONS: OptionChecks<Record<'every' | 'version' | 'codecs' | 'take' | 'restore', unknown>> = {
  every: needed(integer(1)),
  version: aVersion,
  codecs: someCodecs,
  take: aFunction,
  restore: aFunction,
};
const snapshotOptions = options(SNAPSHOT_OPTIONS, 'an object, such as { every: 100, version: 1 }');

/** Checks the option `snapshot` of an aggregate. */
export const aSnapshot: Check = (value, path, faults) => {
  snapshotOptions(value, path, faults);
  const { take, restore } = (value ?? {}) as Partial<Record<'take' | 'restore', unknown>>;
  if ((take === undefined) !== (restore === undefined))
    faults.push(`${path} needs both of take and restore, as functions, or neither.`);
};

/** Tells lists, maps and the like from objects with fields. */
function refuseOtherKind(data: object, expected: object): void {
  const [found, wanted] = [data, expected].map(value => Object.prototype.toString.call(value));
  if (found !== wanted) throw new TypeError(`The state of the snapshot is ${found}, not ${wanted}.`);
}

function envelopeOf(text: string): { fields: readonly string[]; state: unknown } {
  const { fields, state } = objectOf(JSON.parse(text)) as { fields?: unknown; state?: unknown };
  if (!Array.isArray(fields)) throw new TypeError('The snapshot does not say which fields its state began with.');
  return { fields, state };
}

function objectOf(value: unknown, what = 'The snapshot'): object {
  if (typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then !== 'function')
    return value;
  throw new TypeError(`${what} is not an object.`);
}
