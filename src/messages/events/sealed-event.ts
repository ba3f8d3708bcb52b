import { isData } from '../sealing/data';
import { sealPayload } from '../sealing/payload';
import type { DowncastStep, EventVersions } from './event-options';
import { notData, UpcastFailedError } from './upcast-errors';

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
 * @throws UpcastFailedError, UnstorableValueError
 */
export function storedForm(name: string, version: number, payload: object, back: readonly DowncastStep[]): StoredForm {
  let data: object = payload;
  let from = version;
  for (const step of back) {
    try {
      data = step(data);
    } catch (error) {
      throw new UpcastFailedError(name, from, 'down to the one before has thrown an error', error);
    }
    if (!isData(data)) throw notData(name, from, data, 'the data of the version before');
    from--;
  }
  return { schemaVersion: from, payload: sealPayload(data, name) };
}
