import { isData } from '../sealing/data';
import type { DowncastStep, EventVersions } from './event-options';
import { sealedMade } from './made-data';
import { hasThrown, notData } from './upcast-errors';

/** An event before it is stored: its durable name and its sealed payload. */
export interface SealedEvent {
  readonly name: string;
  readonly schemaVersion: number;
  readonly payload: object;
  /** The aggregate's state after the event, if a plain event carries it. */
  readonly state?: object;
  /** True for the event that deletes the aggregate. */
  readonly deletes?: true;
  /** What is stored instead, if an earlier version is written. */
  readonly stored?: StoredForm;
}

/** The version and the payload that are stored. */
export interface StoredForm {
  readonly schemaVersion: number;
  readonly payload: object;
}

/** Returns the steps from a version down to the one that is written; undefined if the current one is. */
export function stepsBack({ version = 1, writes, downcast }: EventVersions): readonly DowncastStep[] | undefined {
  if (writes === undefined || writes === version) return undefined;
  return Array.from({ length: version - writes }, (_, index) => downcast![version - index]!);
}

/**
 * Returns what is stored of an event whose earlier version is written.
 * @throws UpcastFailedError
 */
export function storedForm(name: string, version: number, payload: object, back: readonly DowncastStep[]): StoredForm {
  let data: object = payload;
  let from = version;
  for (const step of back) {
    let made: unknown;
    try {
      made = step(data);
    } catch (error) {
      throw hasThrown(name, from, error);
    }
    if (!isData(made)) throw notData(name, from, made, 'the data of the version before');
    data = made;
    from--;
  }
  return { schemaVersion: from, payload: sealedMade(data, name, version) };
}
