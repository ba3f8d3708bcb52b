import { isData } from '../sealing/data';
import { InvalidValueError } from './invalid-value-error';
import { synchronous } from './synchronous';

/**
 * Converts the values of one type to data that JSON can carry, and back: for dates, bigints, or value objects of your
 * own. It is written once for a type, and named in `codecs` wherever a field has that type.
 */
export interface ValueCodec<Value = any, Stored = any> {
  /** Must be pure and synchronous. */
  encode(value: Value): Stored;
  /** Must be pure and synchronous. @param stored what `encode` returned, frozen */
  decode(stored: any): Value;
}

/**
 * The codecs of fields: a codec, `[codec]` for each item of a list, or an object for the fields of a nested object.
 * @example { price: money, since: dateCodec, lines: [{ price: money }] }
 */
export interface Codecs {
  readonly [field: string]: FieldCodec;
}
export type FieldCodec = ValueCodec | Codecs | readonly [FieldCodec];

/** The type of the values that a codec of a field decodes to. */
export type ValueOf<Codec> =
  Codec extends ValueCodec<infer Value>
    ? Value
    : Codec extends readonly [infer Item]
      ? readonly ValueOf<Item>[]
      : { readonly [Field in keyof Codec]: ValueOf<Codec[Field]> };

/** The codec of a field of a type. */
export type FieldCodecFor<Value> =
  | ValueCodec<Value>
  | (Value extends readonly (infer Item)[] ? readonly [FieldCodecFor<Item>] : never)
  | (Value extends object
      ? { readonly [Field in keyof Value]?: FieldCodecFor<Exclude<Value[Field], null | undefined>> }
      : never);

/** The fields of a class or document whose values are not those of their codecs. */
export type WrongFields<Type, By> = {
  [Field in keyof By]: Field extends keyof Type
    ? [Exclude<Type[Field], null | undefined>] extends [ValueOf<By[Field]>]
      ? never
      : Field
    : Field;
}[keyof By];

const isCodec = (codec: FieldCodec): codec is ValueCodec =>
  typeof (codec as ValueCodec)?.encode === 'function' && typeof (codec as ValueCodec).decode === 'function';

const isList = (codec: FieldCodec): codec is readonly [FieldCodec] => Array.isArray(codec);

/** Converts objects field by field; fields that are `undefined` or `null` are left as they are. */
export class FieldsCodec implements ValueCodec<object, object> {
  readonly #fields: readonly (readonly [field: string, codec: ValueCodec, shown: string])[];

  /** @param codecs as `someCodecs` checks them; of others what can be used */
  constructor(codecs: Codecs) {
    this.#fields = Object.entries(codecs ?? {}).map(
      ([field, codec]) => [field, codecOf(codec), `The codec of '${field}'`] as const,
    );
  }

  /** Returns a copy of the own fields, as a plain object. */
  encode(value: object): Record<string, unknown> {
    const encoded: Record<string, unknown> = { ...value };
    for (let index = 0; index < this.#fields.length; index++) {
      const [field, codec, shown] = this.#fields[index]!;
      const own = encoded[field];
      if (own !== undefined && own !== null) encoded[field] = synchronous(codec.encode(own), shown);
    }
    return encoded;
  }

  /** Returns a copy of stored data with the values of its fields. */
  decode(stored: object): Record<string, unknown> {
    return this.decodeInto({ ...stored });
  }

  /** Replaces the fields of a copy of stored data by their values. */
  decodeInto<T extends object>(copy: T): T {
    const fields = copy as Record<string, unknown>;
    for (let index = 0; index < this.#fields.length; index++) {
      const [field, codec, shown] = this.#fields[index]!;
      const own = fields[field];
      if (own !== undefined && own !== null) fields[field] = synchronous(codec.decode(own), shown);
    }
    return copy;
  }
}

const LIST = 'The codec of a list';

class ListCodec implements ValueCodec<readonly unknown[], unknown[]> {
  constructor(private readonly item: ValueCodec) {}

  encode(values: readonly unknown[]): unknown[] {
    if (!Array.isArray(values)) throw new InvalidValueError(LIST, values, 'a list');
    return values.map(each => (each === undefined || each === null ? each : synchronous(this.item.encode(each), LIST)));
  }

  decode(stored: readonly unknown[]): readonly unknown[] {
    const decode = (each: unknown): unknown => synchronous(this.item.decode(each), LIST);
    return Object.freeze(stored.map(each => (each === undefined || each === null ? each : decode(each))));
  }
}

/** Nested objects are frozen like those of events without codecs. */
class NestedCodec extends FieldsCodec {
  override encode(value: object): Record<string, unknown> {
    // A Map, a Date or a text would leave nothing, or other things, of itself.
    if (!isData(value)) throw new InvalidValueError('The codec of a nested object', value, 'an object with fields');
    return super.encode(value);
  }

  override decode(stored: object): Record<string, unknown> {
    return Object.freeze(super.decode(stored));
  }
}

function codecOf(codec: FieldCodec): ValueCodec {
  if (isList(codec)) return new ListCodec(codecOf(codec[0]));
  return isCodec(codec) ? codec : new NestedCodec(codec);
}
