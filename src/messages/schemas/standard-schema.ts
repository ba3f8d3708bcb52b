import { type Check, must } from '../options/options';

/**
 * A schema of any library that implements Standard Schema, version 1 (https://standardschema.dev), such as zod, valibot
 * and arktype: its interface, without the package. A schema must be synchronous, and must not change what it validates.
 */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    /** The library. */
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    /** Of the compiler only; it does not exist at run time. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What a schema says about a value: the value, or what is wrong with it. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

/** One thing that a schema finds wrong. */
export interface StandardIssue {
  readonly message: string;
  /** Keys from the outside in. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Checks a schema. */
export const aSchema: Check = must('a Standard Schema of version 1, such as one of zod, valibot or arktype', value => {
  const standard = value?.['~standard'];
  return standard?.version === 1 && typeof standard.validate === 'function';
});
