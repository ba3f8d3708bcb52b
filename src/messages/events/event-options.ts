import type { RecordedEvent } from '../envelopes/recorded-event';
import type { AnySchema } from '../schemas/standard-schema';
import type { Codecs } from '../values/value-codec';

/** Converts an event to data that JSON can carry, and back; for events with dates, bigints or value objects. */
export interface EventCodec<E extends object = any> {
  encode(event: E): object;
  decode(data: any): E;
}

/** The data of a version of an event: an object, and neither a promise nor a list. */
export type NextVersion = object & { readonly then?: never; readonly [Symbol.iterator]?: never };

/**
 * Turns the data of one version of an event into that of the next one. It must be pure, synchronous, and depend on
 * nothing but its arguments: it runs whenever such an event is read.
 * @param data as it was stored, frozen
 * @param event as it was stored, with its envelope
 */
export type UpcastStep = (data: any, event: RecordedEvent) => NextVersion;

/** Turns the data of one version of an event into that of the version before. It must be pure and synchronous. */
export type DowncastStep = (data: any) => NextVersion;

/** The numbers from 1 to below `Version`. */
type Below<
  Version extends number,
  Counted extends unknown[] = [unknown],
  Found = never,
> = Counted['length'] extends Version ? Found : Below<Version, [...Counted, unknown], Found | Counted['length']>;

/** Steps by the version that they start from; `'upcaster'` where an upcaster of the application takes that version. */
export interface UpcastSteps {
  readonly [from: number]: UpcastStep | 'upcaster';
}

/** What is said about the shape of an event, without its codec. */
export interface EventVersions<Version extends number = number, Schema extends AnySchema = AnySchema> {
  /** The version of the payload's shape, an integer from 1; default 1. */
  readonly version?: Version;
  /** A step from each earlier version: see {@link UpcastStep}. Default none, for an event of version 1. */
  readonly upcast?: UpcastSteps;
  /**
   * The earlier version that is stored, for a deploy in which older processes still read: a number from 1 below
   * `version`; default `version`. Needs a step in `downcast` from each version above it.
   */
  readonly writes?: number;
  /** Steps back, by the version that they start from; for `writes`. */
  readonly downcast?: Readonly<Record<number, DowncastStep>>;
  /**
   * A schema of what is stored in the current version: of the event's data, or of what its codec has encoded. Each
   * event is validated when it is recorded. Default none.
   */
  readonly schema?: Schema;
}

/** Options of `@Event`. */
export interface EventOptions<
  E extends object = any,
  Version extends number = number,
  Schema extends AnySchema = AnySchema,
> extends EventVersions<Version, Schema> {
  /** Converts the whole event; not beside `codecs`. */
  readonly codec?: EventCodec<E>;
  /** Converts some of its fields, by name: see {@link Codecs}. */
  readonly codecs?: Codecs;
}

/** Infers from which versions there are steps. A step has its own type here too, or it would lose that of the index. */
export interface StepsFrom<From extends number> {
  readonly upcast?: { readonly [Version in From]: UpcastSteps[number] };
}

/** Nothing, or what is wrong with the steps to a version, where it and theirs are literals. */
export type StepsFault<Version extends number, From extends number> = number extends Version | From
  ? unknown
  : [Exclude<Below<Version>, From>] extends [never]
    ? [Exclude<From, Below<Version>>] extends [never]
      ? unknown
      : { 'there is a step from version': Exclude<From, Below<Version>>; 'and the current version is': Version }
    : { 'there is no step from version': Exclude<Below<Version>, From> };
