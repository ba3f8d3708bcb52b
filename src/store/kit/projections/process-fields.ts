import { isName, NAMES, shownValue, shownWithType } from '../../../messages';
import type { NewDeadline, NewProcessInput, NewProcessOutput, ProcessChanges } from '../../ports/process-store';

/** What a field must be, in words, and the test of it. */
export type Field = readonly [words: string, holds: (value: unknown) => boolean];

/** What each field of something must be; other fields are ignored. */
export type Fields<T> = { readonly [Name in keyof T]-?: Field };

const MAX_HASH = 2 ** 32 - 1;
const MAX_RUN = 2 ** 31 - 1;
const MAX_POSITION = 2n ** 63n - 1n;

const orUndefined = ([words, holds]: Field): Field => [
  `${words}, or undefined`,
  value => value === undefined || holds(value),
];

export const aName: Field = [NAMES, isName];
export const aPosition: Field = [
  `a bigint from 0n to ${MAX_POSITION}n`,
  value => typeof value === 'bigint' && value >= 0n && value <= MAX_POSITION,
];
export const aBoolean: Field = ['true or false', value => typeof value === 'boolean'];
const anObject: Field = ['an object', value => typeof value === 'object' && value !== null];
const aNote = orUndefined(['text', value => typeof value === 'string']);
export const anInteger = (least: number, most: number): Field => [
  `an integer from ${least} to ${most}`,
  value => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most,
];
const aRun = anInteger(1, MAX_RUN);
const aHash = anInteger(0, MAX_HASH);
const aMoment: Field = ['a safe integer, in milliseconds since 1970', Number.isSafeInteger];
const oneOf = (...values: readonly string[]): Field => [
  values.map(value => `'${value}'`).join(' or '),
  value => values.includes(value as string),
];

export const INPUT_STATUS = oneOf('handled', 'waiting', 'noted');
export const OUTPUT_STATUS = oneOf('pending', 'done', 'rejected', 'cancelled');

const INPUT: Fields<NewProcessInput> = {
  id: aName,
  ...{ instance: aName, hash: aHash, run: aRun, kind: oneOf('event', 'deadline', 'rejection') },
  ...{ position: orUndefined(aPosition), content: orUndefined(anObject), status: INPUT_STATUS, note: aNote },
};
const OUTPUT: Fields<NewProcessOutput> = {
  id: aName,
  ...{ instance: aName, hash: aHash, run: aRun, input: aName, content: anObject },
  ...{ status: OUTPUT_STATUS, note: aNote },
};
export const DEADLINE: Fields<NewDeadline> = {
  instance: aName,
  ...{ hash: aHash, key: aName, id: aName, run: aRun, dueAt: aMoment },
  content: orUndefined(anObject),
};

type Item<Name extends keyof ProcessChanges> = NonNullable<ProcessChanges[Name]>[number];

/** The fields of the lists of a commit; those of `ends` and `forget` are names. */
const LISTS: {
  readonly [Name in keyof ProcessChanges]-?: Item<Name> extends string ? Field : Fields<Item<Name>>;
} = {
  ends: aName,
  inputs: INPUT,
  outputs: OUTPUT,
  outcomes: { id: aName, status: OUTPUT_STATUS, note: aNote },
  clear: { instance: aName, key: aName, id: orUndefined(aName) },
  deadlines: DEADLINE,
  hold: { instance: aName, held: aBoolean },
  forget: aName,
};

/** Adds the faults in the process part of a commit. */
export function checkProcessChanges(changes: ProcessChanges, faults: string[]): void {
  if (!anObject[1](changes)) return void faults.push(faultOf('process', changes, anObject));
  for (const [name, fields] of Object.entries(LISTS)) {
    const list = changes[name as keyof ProcessChanges];
    if (list !== undefined) checkList(list, `process.${name}`, fields as Field | Fields<object>, faults);
  }
  if (Array.isArray(changes.inputs)) checkPositions(changes.inputs, faults);
}

/** Adds the faults in the items of a list. */
export function checkList<T>(list: unknown, path: string, fields: Field | Fields<T>, faults: string[]): void {
  if (!Array.isArray(list)) return void faults.push(`${path} is ${shownValue(list)}; it must be a list.`);
  for (const [place, item] of list.entries()) {
    if (isField(fields)) checkField(item, () => `${path}[${place}]`, fields, faults);
    else checkFields(item, () => `${path}[${place}]`, fields, faults);
  }
}

/** Adds the faults in the fields of an object; the path is computed only if there is a fault. */
export function checkFields<T>(item: unknown, path: () => string, fields: Fields<T>, faults: string[]): void {
  if (!anObject[1](item)) return void faults.push(faultOf(path(), item, anObject));
  for (const name in fields)
    checkField((item as Record<string, unknown>)[name], () => `${path()}.${name}`, fields[name], faults);
}

export function checkField(value: unknown, path: () => string, field: Field, faults: string[]): void {
  if (!field[1](value)) faults.push(faultOf(path(), value, field));
}

/** An event is found by its position; nothing else has one. */
function checkPositions(inputs: readonly Partial<NewProcessInput>[], faults: string[]): void {
  for (const [place, input] of inputs.entries()) {
    const { kind, position } = input ?? {};
    if ((kind === 'event') === (position !== undefined && position !== 0n)) continue;
    const must = kind === 'event' ? 'an event has one, from 1n' : 'only an event has one';
    faults.push(`process.inputs[${place}].position is ${shownWithType(position)}; ${must}.`);
  }
}

const isField = <T>(fields: Field | Fields<T>): fields is Field => Array.isArray(fields);
const faultOf = (path: string, value: unknown, [words]: Field): string =>
  `${path} is ${shownWithType(value)}; it must be ${words}.`;
