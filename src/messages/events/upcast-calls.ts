import { isPromise } from '../../concurrency';
import type { RecordedEvent } from '../envelopes/recorded-event';
import { isData } from '../sealing/data';
import type { UpcastStep } from './event-options';
import { hasThrown, notData } from './upcast-errors';
import type { Upcaster } from './upcaster';

/** Returns the data of the next version. @throws UpcastFailedError */
export function stepped(name: string, from: number, step: UpcastStep, data: object, event: RecordedEvent): object {
  let made: unknown;
  try {
    made = step(data, event);
    if (isData(made)) return made;
  } catch (error) {
    throw hasThrown(name, from, error);
  }
  throw notData(name, from, made, 'the data of the next version');
}

/** Returns what an upcaster makes of an event: its pieces, if it is right. @throws UpcastFailedError */
export function called({ name, from, upcast }: Upcaster, data: object, event: RecordedEvent): readonly unknown[] {
  let made: unknown;
  try {
    made = upcast(data, event);
    if (!isPromise(made)) return Array.isArray(made) ? made : [made];
  } catch (error) {
    throw hasThrown(name, from, error);
  }
  throw notData(name, from, made, "what 'as' makes");
}
