import {
  appendMetadata,
  type EventReference,
  type RecordedEvent,
  UPCASTERS,
  type UpcasterMetadata,
  type UpcasterOptions,
  type UpcastPieces,
} from '../messages';
import type { MethodOf } from './handlers';

/** Decorates a method `(data, event) => pieces` in either dialect; the pieces must be of the events in `to`. */
export type UpcasterDecorator<To> = <Target, Key, Descriptor = undefined>(
  target: Target,
  key: Key,
  descriptor?: Descriptor,
) => UpcasterFault<To, MethodOf<Target, Key, Descriptor>>;
type UpcasterFault<To, Method> = Method extends (...args: any[]) => infer Returned
  ? Method extends (data: any, event: RecordedEvent) => UpcastPieces<To>
    ? void
    : { "it must return what 'as' makes of the events in 'to'": UpcastPieces<To>; 'it returns': Returned }
  : { 'an upcaster is a method': 'this is a field' };

/**
 * Marks the method that turns stored events of one name and version into others: it renames, splits or drops them. It
 * returns what `as` makes, a list of these, or `[]`. List its class among the components. The method must be pure and
 * synchronous; it is called whenever such an event is read.
 * @param name the name of the stored event
 * @example @Upcaster('customer.signed-up', { from: 1, to: CustomerRegistered }) renamed(data: SignedUpV1) { return
 * as(CustomerRegistered, 1, data); }
 */
export const Upcaster =
  <const Target extends EventReference>(name: string, options: UpcasterOptions<Target>): UpcasterDecorator<Target> =>
  (target: any, key: any): any => {
    const entry = (method: string | symbol, isStatic: boolean): UpcasterMetadata => ({
      name,
      options,
      method,
      isStatic,
    });
    if (typeof key === 'object') return appendMetadata(key.metadata, UPCASTERS, entry(key.name, key.static));
    const isStatic = typeof target === 'function';
    appendMetadata(isStatic ? target : target.constructor, UPCASTERS, entry(key, isStatic));
  };
