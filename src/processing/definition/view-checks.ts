import type { FieldCodecFor, IsAny, WrongFields } from '../../messages';

type Depth = readonly unknown[];
type Deepest = [1, 1, 1, 1, 1, 1];

/**
 * Whether JSON can represent the values of a type; for a union, `false` is among the answers if one part cannot be
 * represented. Levels deeper than six are not checked.
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

/** The fields of a view that JSON cannot represent, such as a `Date`: their values have methods. */
type Uncarried<View> = { [Field in keyof View]-?: false extends Carried<View[Field]> ? Field : never }[keyof View];

/** The fields of a view by which its documents can be found; any text if the view is unknown. */
export type FieldOf<View> =
  IsAny<View> extends true ? string : [keyof View] extends [never] ? string : keyof View & string;

/** The codecs of a view: those of fields that JSON cannot represent must be there. */
type CodecsFor<View> = {
  readonly [Field in Uncarried<View>]: FieldCodecFor<Exclude<View[Field], null | undefined>>;
} & { readonly [Field in keyof View]?: FieldCodecFor<Exclude<View[Field], null | undefined>> };

/**
 * The faults of a view, of the indexes of its documents and of the codecs of its fields; `Otherwise` if there are none.
 */
export type ViewFault<View, Index extends string, Otherwise, By = Readonly<Record<never, never>>> =
  IsAny<View> extends true
    ? Otherwise
    : [WrongFields<View, By>] extends [never]
      ? JsonFault<Omit<View, keyof By>, IndexFault<View, Index, Otherwise>>
      : { 'the codecs are not for these fields': WrongFields<View, By> };

/**
 * The faults of a view whose codecs, if it needs some, are given beside it; unknown if there are none. Conditional, as
 * the compiler shows the fault then, and not the name of this type.
 */
export type DefinedViewFault<View, Index extends string> =
  IsAny<View> extends true
    ? unknown
    : [Uncarried<View>] extends [never]
      ? IndexFault<View, Index, unknown>
      : IndexFault<
          View,
          Index,
          { 'JSON does not carry these fields of the view': Uncarried<View> } | { readonly codecs: CodecsFor<View> }
        >;
type JsonFault<View, Otherwise> = [Uncarried<View>] extends [never]
  ? Otherwise
  : { 'JSON does not carry these fields of the view': Uncarried<View> };
type IndexFault<View, Index extends string, Otherwise> = [Exclude<Index, FieldOf<View>>] extends [never]
  ? Otherwise
  : string extends Index
    ? Otherwise
    : { 'an index that is not a field of the view': Exclude<Index, FieldOf<View>> };
