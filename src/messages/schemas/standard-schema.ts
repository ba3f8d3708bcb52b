import type { IsAny } from '../is-any';
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

/** Any schema. */
export type AnySchema = StandardSchemaV1<any, any>;

/** What a schema takes: `any`, if there is none. */
type InputOf<Schema> = Schema extends AnySchema ? NonNullable<Schema['~standard']['types']>['input'] : any;

/** The type with everything read only: a schema takes a list that is, although its type does not say so. */
type DeepReadonly<T> = T extends string | number | boolean | bigint | symbol | null | undefined
  ? T
  : { readonly [Key in keyof T]: DeepReadonly<T[Key]> };

/** Nothing, or what a schema takes and a class of messages does not have; fields with a codec are stored as others. */
export type SchemaFault<T, Schema, By = unknown> =
  IsAny<InputOf<Schema>> extends true
    ? unknown
    : Omit<T, keyof By> extends DeepReadonly<Omit<InputOf<Schema>, keyof By>>
      ? unknown
      : { 'the schema takes': InputOf<Schema> };

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
