import { reasonOf } from '../faults/format-error';
import { shownText } from '../faults/shown';
import { type ClassReference, metadataKey, metadataLists } from '../names/class-metadata';
import { anUpcaster, isUpcaster, madeUpcaster, type Upcaster, type UpcasterOptions, upcasterFaults } from './upcaster';

/** What `@Upcaster` leaves on a class for one method. */
export interface UpcasterMetadata {
  readonly name: string;
  readonly options: UpcasterOptions;
  readonly method: string | symbol;
  readonly isStatic: boolean;
}

export const UPCASTERS = metadataKey('upcasters');

/** Tells whether a class has methods with `@Upcaster`. */
export const isUpcasterClass = (type: Function): boolean =>
  metadataLists<UpcasterMetadata>(type, UPCASTERS).some(level => level.length > 0);

/** Returns upcasters, and those of classes; what is wrong with any of them is added to `faults` as a sentence. */
export const resolvedUpcasters = (given: Iterable<Upcaster | ClassReference>, faults: string[]): Upcaster[] =>
  [...given].flatMap((each, index): Upcaster[] => {
    if (isUpcaster(each)) return [each];
    if (typeof each === 'function') return upcastersOf(each, faults);
    anUpcaster(each, `upcasters[${index}]`, faults);
    return [];
  });

/** Returns the upcasters of a class; what is wrong with it is added to `faults` as sentences. */
export function upcastersOf(type: ClassReference, faults: string[]): Upcaster[] {
  const found = metadataLists<UpcasterMetadata>(type, UPCASTERS).flat();
  const own = found.flatMap(each => faultsOf(type, each));
  if (type.length > 0)
    own.push(`${type.name} has parameters in its constructor. Upcasters are pure: they get nothing but the event.`);
  if (found.length === 0) own.push(`${type.name} has no method with @Upcaster.`);
  faults.push(...own);
  if (own.length > 0) return [];
  const instance = instanceOf(type, faults);
  if (!instance) return [];
  return found.map(({ name, options, method }) =>
    madeUpcaster(name, options, `${type.name}.${String(method)}`, (data, event) => instance[method]!(data, event)),
  );
}

function instanceOf(type: ClassReference, faults: string[]): Record<string | symbol, Upcaster['upcast']> | undefined {
  try {
    return new (type as new () => Record<string | symbol, Upcaster['upcast']>)();
  } catch (error) {
    faults.push(`The constructor of ${type.name}, which has upcasters, has thrown an error: ${reasonOf(error)}.`);
    return undefined;
  }
}

function faultsOf(type: ClassReference, { name, options, method, isStatic }: UpcasterMetadata): string[] {
  const place = `${type.name}.${String(method)}`;
  if (isStatic) return [`${place} is static; upcasters are methods of the instance.`];
  return upcasterFaults(name, options).map(fault => `${place}, @Upcaster('${shownText(String(name))}'): ${fault}`);
}
