import type { JsonSchema } from './shapes/json-schema';
import { normalised } from './shapes/normalised';

/** Turns a schema of valibot, which has no JSON Schema of its own, into JSON Schema. */
export type ValibotConverter = (schema: unknown, options: { readonly typeMode: 'input' }) => unknown;

/** Says why a schema has no shape; one event without a shape does not stop the others. */
export interface NoShape {
  readonly fault: string;
}

const TARGET = 'draft-2020-12';

/** Returns the shape of what a schema accepts, or why there is none. */
export function shapeOfSchema(
  schema: object,
  valibot: () => ValibotConverter | undefined,
): { readonly shape: JsonSchema } | NoShape {
  const standard = (schema as { readonly '~standard': Record<string, any> })['~standard'];
  try {
    if (standard.jsonSchema) return { shape: normalised(standard.jsonSchema.input({ target: TARGET })) };
    if (standard.vendor !== 'valibot')
      return { fault: `its schema, of ${String(standard.vendor)}, has no '~standard'.jsonSchema` };
    const convert = valibot();
    if (!convert) return { fault: "install '@valibot/to-json-schema', which makes JSON Schema of a schema of valibot" };
    return { shape: normalised(convert(schema, { typeMode: 'input' })) };
  } catch (error) {
    return { fault: `its schema has no JSON Schema: ${error instanceof Error ? error.message : String(error)}` };
  }
}
