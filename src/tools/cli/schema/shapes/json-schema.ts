/** A JSON Schema, as far as the lock looks into it; `true` accepts everything, `false` nothing. */
export type JsonSchema = JsonSchemaObject | boolean;

/** Keywords that are not listed are compared as they are. */
export interface JsonSchemaObject {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema;
  /** Absent: nothing is known of the items. */
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly [keyword: string]: unknown;
}

/** Returns JSON text in which the order of keys does not matter. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    isRecord(each) ? Object.fromEntries(Object.entries(each).sort(([one], [other]) => (one < other ? -1 : 1))) : each,
  );
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
