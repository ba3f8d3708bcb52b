import { isData } from '../sealing/data';
import { failedAt, failedOf } from './codec-failed-error';
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
class Fields {
  readonly #fields: readonly (readonly [field: string, codec: ValueCodec])[];

  /** @param codecs as `someCodecs` checks them; of others what can be used */
  constructor(codecs: Codecs) {
    this.#fields = Object.entries(codecs ?? {}).map(([field, codec]) => [field, codecOf(codec)] as const);
  }

  /** Returns a copy of the own fields, as a plain object. */
  encode(value: object): Record<string, unknown> {
    return this.#replace({ ...value }, 'encode');
  }

  /** Replaces the fields of a copy of stored data by their values. */
  decodeInto<T extends object>(copy: T): T {
    return this.#replace(copy, 'decode');
  }

  #replace<T extends object>(copy: T, method: 'encode' | 'decode'): T {
    const fields = copy as Record<string, unknown>;
    let index = 0;
    try {
      for (; index < this.#fields.length; index++) {
        const [field, codec] = this.#fields[index]!;
        const own = fields[field];
        if (own !== undefined && own !== null) fields[field] = synchronous(codec[method](own), method);
      }
    } catch (error) {
      throw failedAt(this.#fields[index]![0], method, error);
    }
    return copy;
  }
}

/** Converts events, documents and others field by field. */
export class FieldsCodec implements ValueCodec<object, object> {
  readonly #fields: Fields;

  /**
   * @param codecs as `someCodecs` checks them; of others what can be used
   * @param of what is converted, for errors, such as `the event 'order.placed'`
   */
  constructor(
    codecs: Codecs,
    private readonly of: string,
  ) {
    this.#fields = new Fields(codecs);
  }

  /** Returns a copy of the own fields, as a plain object. @throws CodecFailedError */
  encode(value: object): Record<string, unknown> {
    try {
      return this.#fields.encode(value);
    } catch (error) {
      throw failedOf(this.of, 'encode', error);
    }
  }

  /** Returns a copy of stored data with the values of its fields. @throws CodecFailedError */
  decode(stored: object): Record<string, unknown> {
    return this.decodeInto({ ...stored });
  }

  /** Replaces the fields of a copy of stored data by their values. @throws CodecFailedError */
  decodeInto<T extends object>(copy: T): T {
    try {
      return this.#fields.decodeInto(copy);
    } catch (error) {
      throw failedOf(this.of, 'decode', error);
    }
  }
}

/** Converts events as a whole, by the codec of their class. */
export class WholeCodec implements ValueCodec<object, object> {
  constructor(
    private readonly codec: ValueCodec,
    private readonly of: string,
  ) {}

  /** @throws CodecFailedError */
  encode(value: object): object {
    return this.#converted(value, 'encode');
  }

  /** @throws CodecFailedError */
  decode(stored: object): object {
    return this.#converted(stored, 'decode');
  }

  #converted(value: object, method: 'encode' | 'decode'): object {
    try {
      const made: unknown = synchronous(this.codec[method](value), method);
      if (typeof made === 'object' && made !== null) return made;
      throw new InvalidValueError(method, made, 'an object', 'returned');
    } catch (error) {
      throw failedOf(this.of, method, error);
    }
  }
}

class ListCodec implements ValueCodec<readonly unknown[], unknown[]> {
  constructor(private readonly item: ValueCodec) {}

  encode(values: readonly unknown[]): unknown[] {
    return this.#converted(values, 'encode');
  }

  decode(stored: readonly unknown[]): readonly unknown[] {
    return Object.freeze(this.#converted(stored, 'decode'));
  }

  #converted(values: readonly unknown[], method: 'encode' | 'decode'): unknown[] {
    if (!Array.isArray(values)) throw new InvalidValueError('The codec of a list', values, 'a list');
    let index = 0;
    try {
      const converted: unknown[] = [];
      for (; index < values.length; index++) {
        const each = values[index];
        converted.push(each === undefined || each === null ? each : synchronous(this.item[method](each), method));
      }
      return converted;
    } catch (error) {
      throw failedAt(`[${index}]`, method, error);
    }
  }
}

/** Nested objects are frozen like those of events without codecs. */
class NestedCodec extends Fields implements ValueCodec<object, object> {
  override encode(value: object): Record<string, unknown> {
    return super.encode(withFields(value));
  }

  decode(stored: object): object {
    return Object.freeze(this.decodeInto({ ...withFields(stored) }));
  }
}

/** A Map, a Date or a text would leave nothing, or other things, of itself. */
function withFields(value: object): object {
  if (!isData(value)) throw new InvalidValueError('The codec of a nested object', value, 'an object with fields');
  return value;
}

function codecOf(codec: FieldCodec): ValueCodec {
  if (isList(codec)) return new ListCodec(codecOf(codec[0]));
  return isCodec(codec) ? codec : new NestedCodec(codec);
}
