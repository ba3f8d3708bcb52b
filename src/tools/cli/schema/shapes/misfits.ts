import { alternatives } from './alternatives';
import { canonical, type JsonSchema, type JsonSchemaObject } from './json-schema';
import { limitsFit, valueFits } from './limits';

/** What is wrong at one place, if data that is written by one schema is read by another. */
export interface Misfit {
  /** From the outside in: `address.street`, `lines[].price`, `names.*`; empty for the event itself. */
  readonly path: string;
  /**
   * `unknown`: the reader does not know the field. `missing`: the reader requires it, and the writer does not have it.
   * `optional`: the reader requires it, and the writer may leave it out. `value`: the reader lists values, and the
   * writer has others. `type`: anything else.
   */
  readonly kind: 'unknown' | 'missing' | 'optional' | 'value' | 'type';
  readonly written: JsonSchema;
  readonly read: JsonSchema;
}

/** What the reader does with fields that it does not know: a field that would be lost is a misfit, or passed over. */
export type UnknownFields = 'misfit' | 'pass';

/** Finds what data of one schema lacks to be valid under another one. It may find too much, and never too little. */
export function misfits(written: JsonSchema, read: JsonSchema, unknownFields: UnknownFields): readonly Misfit[] {
  return new Comparison(written, read, unknownFields).compare(written, read, '');
}

class Comparison {
  /** Pairs that are being compared: a schema that refers to itself comes back to them. */
  readonly #open = new Set<string>();

  constructor(
    readonly writtenRoot: JsonSchema,
    readonly readRoot: JsonSchema,
    readonly unknownFields: UnknownFields,
  ) {}

  compare(written: JsonSchema, read: JsonSchema, path: string): readonly Misfit[] {
    const pair = `${canonical(written)} ${canonical(read)}`;
    if (this.#open.has(pair)) return [];
    this.#open.add(pair);
    const readers = alternatives(read, this.readRoot);
    const found = alternatives(written, this.writtenRoot).flatMap(each =>
      this.#oneOf(each, readers, { path, written, read }),
    );
    this.#open.delete(pair);
    return [...new Map(found.map(each => [`${each.path} ${each.kind}`, each])).values()];
  }

  /** An alternative of the writer must fit one of the reader. */
  #oneOf(
    written: JsonSchemaObject,
    readers: readonly JsonSchemaObject[],
    place: Omit<Misfit, 'kind'>,
  ): readonly Misfit[] {
    let least: readonly Misfit[] | undefined;
    for (const read of readers) {
      const found = this.#fit(written, read, place);
      if (found.length === 0) return [];
      if (read.type === written.type && (least === undefined || found.length < least.length)) least = found;
    }
    if (least && written.type !== undefined) return least;
    return [{ ...place, kind: isListed(written, readers) ? 'value' : 'type' }];
  }

  #fit(written: JsonSchemaObject, read: JsonSchemaObject, place: Omit<Misfit, 'kind'>): readonly Misfit[] {
    const misfit: readonly Misfit[] = [{ ...place, kind: 'type' }];
    if (Object.keys(read).length === 0) return [];
    if (written.enum) return valueFits(written.enum[0], read) ? [] : misfit;
    if (written.type === undefined || read.type === undefined)
      return canonical(written) === canonical(read) ? [] : misfit;
    if (written.type !== read.type && !(written.type === 'integer' && read.type === 'number')) return misfit;
    if (!limitsFit(written, read)) return misfit;
    if (read.type === 'array') return this.#items(written, read, place);
    return read.type === 'object' ? this.#fields(written, read, place) : [];
  }

  #items(written: JsonSchemaObject, read: JsonSchemaObject, place: Omit<Misfit, 'kind'>): readonly Misfit[] {
    const { path } = place;
    const [first = [], other = []] = [written.prefixItems, read.prefixItems];
    if (first.length !== other.length) return [{ ...place, kind: 'type' }];
    const found = first.flatMap((each, index) => this.compare(each, other[index]!, `${path}[${index}]`));
    if (written.items === undefined || read.items === undefined) return found;
    return [...found, ...this.compare(written.items, read.items, `${path}[]`)];
  }

  #fields(written: JsonSchemaObject, read: JsonSchemaObject, { path }: Omit<Misfit, 'kind'>): readonly Misfit[] {
    const [own, known] = [written.properties ?? {}, read.properties ?? {}];
    const inside = (name: string): string => (path === '' ? name : `${path}.${name}`);
    const given = new Set(written.required);
    const found: Misfit[] = [];
    for (const [name, schema] of Object.entries(own)) {
      const reader = Object.hasOwn(known, name) ? known[name] : this.#others(read);
      if (reader === undefined) found.push({ path: inside(name), kind: 'unknown', written: schema, read: false });
      else found.push(...this.compare(schema, reader, inside(name)));
      if (read.required?.includes(name) && !given.has(name))
        found.push({ path: inside(name), kind: 'optional', written: schema, read: reader ?? true });
    }
    const { additionalProperties: more } = written;
    for (const [name, reader] of Object.entries(known)) {
      if (Object.hasOwn(own, name)) continue;
      if (read.required?.includes(name))
        found.push({ path: inside(name), kind: 'missing', written: false, read: reader });
      else if (more !== undefined) found.push(...this.compare(more, reader, inside(name)));
    }
    if (more === undefined || more === false) return found;
    const others = this.#others(read);
    if (others === undefined) found.push({ path: inside('*'), kind: 'unknown', written: more, read: false });
    else found.push(...this.compare(more, others, inside('*')));
    return found;
  }

  /** Returns what the reader accepts in a field that it does not name; undefined if it refuses it. */
  #others({ additionalProperties: others }: JsonSchemaObject): JsonSchema | undefined {
    if (others === false) return undefined;
    return others ?? (this.unknownFields === 'pass' ? true : undefined);
  }
}

/** Tells whether a value is written where the reader lists values of the same type. */
function isListed(written: JsonSchemaObject, readers: readonly JsonSchemaObject[]): boolean {
  const value = written.enum?.[0];
  if (typeof value !== 'string' && typeof value !== 'number') return false;
  return readers.some(read => typeof read.enum?.[0] === typeof value);
}
