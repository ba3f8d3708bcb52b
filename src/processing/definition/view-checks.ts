import type { IsAny } from '../../messages';

type Depth = readonly unknown[];
type Deepest = [1, 1, 1, 1, 1, 1];

/**
 * Whether JSON carries values of a type: of a union, `false` is among the answers when one is not carried. What is
 * nested deeper than six levels is not looked at.
 */
type Carried<T, Level extends Depth = []> =
  IsAny<T> extends true
    ? true
    : unknown extends T
      ? true
      : Level['length'] extends Deepest['length']
        ? true
        : T extends string | number | boolean | null | undefined
          ? true
          : T extends bigint | symbol | ((...args: any[]) => unknown)
            ? false
            : T extends readonly (infer Item)[]
              ? Carried<Item, [...Level, 1]>
              : false extends { [Field in keyof T]-?: Carried<T[Field], [...Level, 1]> }[keyof T]
                ? false
                : true;

/** The fields of a view that JSON does not carry, such as a `Date`: a method is among what they hold. */
type Uncarried<View> = { [Field in keyof View]-?: false extends Carried<View[Field]> ? Field : never }[keyof View];

/** The fields of a view by which its documents can be found; any text where the view is not known. */
export type FieldOf<View> =
  IsAny<View> extends true ? string : [keyof View] extends [never] ? string : keyof View & string;

/** What is wrong with a view and the indexes of its documents; `Otherwise` where nothing is. */
export type ViewFault<View, Index extends string, Otherwise> =
  IsAny<View> extends true
    ? Otherwise
    : [Uncarried<View>] extends [never]
      ? [Exclude<Index, FieldOf<View>>] extends [never]
        ? Otherwise
        : string extends Index
          ? Otherwise
          : { 'an index that is not a field of the view': Exclude<Index, FieldOf<View>> }
      : { 'JSON does not carry these fields of the view': Uncarried<View> };
