import type { NewDeadline, SealedProcess } from '../../../store';
import { jsonList } from './json-list';

/** The types of the arguments of `change_process` behind the name of the process, for the statement of a commit. */
export const CHANGE_TYPES = [
  ...['bigint', 'text[]'],
  ...['text[]', 'text[]', 'bigint[]', 'integer[]', 'text[]', 'bigint[]', 'jsonb', 'text[]', 'text[]'],
  ...['text[]', 'text[]', 'bigint[]', 'integer[]', 'text[]', 'jsonb', 'text[]', 'text[]'],
  ...['text[]', 'text[]', 'text[]'],
  ...['text[]', 'text[]', 'text[]'],
  ...['text[]', 'bigint[]', 'text[]', 'text[]', 'integer[]', 'bigint[]', 'jsonb'],
  ...['text[]', 'boolean[]', 'text[]'],
];

/** Encodes the changes of a process as the arguments of `change_process` behind the name of the process. */
export function changeValues(changes: SealedProcess, at: number | undefined): unknown[] {
  const { ends, inputs, outputs, outcomes, clear, deadlines, hold, forget } = changes;
  return [
    ...[at ?? null, ends],
    ...[...columns(inputs, ['id', 'instance', 'hash', 'run', 'kind', 'position']), contents(inputs)],
    ...columns(inputs, ['status', 'note']),
    ...[...columns(outputs, ['id', 'instance', 'hash', 'run', 'input']), contents(outputs)],
    ...columns(outputs, ['status', 'note']),
    ...columns(outcomes, ['id', 'status', 'note']),
    ...columns(clear, ['instance', 'key', 'id']),
    ...deadlineValues(deadlines),
    ...[...columns(hold, ['instance', 'held']), forget],
  ];
}

/** Encodes deadlines as lists: instances, hashes, keys, ids, runs, times, and contents. */
export const deadlineValues = (deadlines: readonly NewDeadline[]): unknown[] => [
  ...[...columns(deadlines, ['instance', 'hash', 'key', 'id', 'run', 'dueAt']), contents(deadlines)],
];

const columns = <Row, Name extends keyof Row>(rows: readonly Row[], names: readonly Name[]): unknown[][] =>
  names.map(name => rows.map(row => row[name] ?? null));

const contents = (rows: readonly { readonly content?: object | undefined }[]): string =>
  jsonList(rows.map(({ content }) => content ?? null));
