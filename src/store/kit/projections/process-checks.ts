import type {
  NewDeadline,
  ProcessInputStatus,
  ProcessOutputStatus,
  ProcessPage,
  ProcessSegment,
  ProcessStore,
} from '../../ports/process-store';
import { InvalidProcessError } from '../../ports/projection-errors';
import {
  aBoolean,
  aName,
  anInteger,
  aPosition,
  checkField,
  checkFields,
  checkList,
  DEADLINE,
  type Field,
  type Fields,
  INPUT_STATUS,
  OUTPUT_STATUS,
} from './process-fields';
import { deadlinesToSet } from './sealed-process';

const MAX_SEGMENTS = 256;
const MAX_PAGE = 1000;
const DEFAULT_PAGE = 100;
const A_LIMIT = anInteger(1, MAX_PAGE);

const SEGMENT = { segments: anInteger(1, MAX_SEGMENTS), segment: anInteger(0, MAX_SEGMENTS - 1) };
const PROCESS_SEGMENT: Fields<ProcessSegment> = { process: aName, ...SEGMENT };

/**
 * Checks the arguments of `due`, and returns the segments, each of them once. For store authors.
 * @throws InvalidProcessError
 */
export function dueSegments(segments: readonly ProcessSegment[], limit: number): readonly ProcessSegment[] {
  const faults: string[] = [];
  checkList(segments, 'segments', PROCESS_SEGMENT, faults);
  checkField(limit, () => 'limit', A_LIMIT, faults);
  if (faults.length === 0)
    for (const [place, segment] of segments.entries()) checkSegment(segment, `segments[${place}]`, faults);
  refuse(faults);
  const wanted = new Map<string, ProcessSegment>();
  for (const { process, segments: count, segment } of segments)
    wanted.set(JSON.stringify([process, count, segment]), { process, segments: count, segment });
  return [...wanted.values()];
}

/**
 * Checks the arguments of `schedule`, and returns the deadlines sealed; of several for one key of an instance the last
 * one. For store authors.
 * @throws InvalidProcessError, UnstorableValueError
 */
export function deadlinesToSchedule(process: string, deadlines: readonly NewDeadline[]): readonly NewDeadline[] {
  const faults = processFaults(process);
  checkList(deadlines, 'deadlines', DEADLINE, faults);
  refuse(faults);
  return deadlinesToSet(deadlines);
}

/** Checks the arguments of `unschedule`. For store authors. @throws InvalidProcessError */
export function checkUnschedule(process: string, instance: string, key: string): void {
  const faults = processFaults(process);
  checkField(instance, () => 'instance', aName, faults);
  checkField(key, () => 'key', aName, faults);
  refuse(faults);
}

/** A page of inputs or outputs with its defaults; what is undefined selects everything. */
export interface SelectedPage<Status extends string = string> {
  readonly instance: string | undefined;
  readonly segment: Omit<ProcessSegment, 'process'> | undefined;
  readonly status: Status | undefined;
  readonly held: boolean | undefined;
  readonly after: bigint;
  readonly limit: number;
}

/** Checks a page of inputs and fills in defaults. For store authors. @throws InvalidProcessError */
export const inputPage = (process: string, page?: ProcessPage<ProcessInputStatus>): SelectedPage<ProcessInputStatus> =>
  selectedPage(process, page, INPUT_STATUS);

/** Checks a page of outputs and fills in defaults. For store authors. @throws InvalidProcessError */
export const outputPage = (
  process: string,
  page?: ProcessPage<ProcessOutputStatus>,
): SelectedPage<ProcessOutputStatus> => selectedPage(process, page, OUTPUT_STATUS);

function selectedPage<Status extends string>(
  process: string,
  page: ProcessPage<Status> = {},
  aStatus: Field,
): SelectedPage<Status> {
  const faults = processFaults(process);
  checkGiven(page, { instance: aName, status: aStatus, held: aBoolean, after: aPosition, limit: A_LIMIT }, faults);
  const segment = page?.segment;
  if (segment !== undefined) {
    const before = faults.length;
    checkFields(segment, () => 'page.segment', SEGMENT, faults);
    if (faults.length === before) checkSegment(segment, 'page.segment', faults);
  }
  refuse(faults);
  const { instance, status, held, after = 0n, limit = DEFAULT_PAGE } = page;
  return { instance, segment: segment && { ...segment }, status, held, after, limit };
}

/** A page of deadlines with its defaults; what is undefined selects everything. */
export interface DeadlinePage {
  readonly instance: string | undefined;
  readonly after: { readonly instance: string; readonly key: string } | undefined;
  readonly limit: number;
}

/** Checks a page of deadlines and fills in defaults. For store authors. @throws InvalidProcessError */
export function deadlinePage(process: string, page: Parameters<ProcessStore['deadlines']>[1] = {}): DeadlinePage {
  const faults = processFaults(process);
  checkGiven(page, { instance: aName, limit: A_LIMIT }, faults);
  const after = page?.after;
  if (after !== undefined) checkFields(after, () => 'page.after', { instance: aName, key: aName }, faults);
  refuse(faults);
  const { instance, limit = DEFAULT_PAGE } = page;
  return { instance, after: after && { instance: after.instance, key: after.key }, limit };
}

/** Checks those fields of a page that are given. */
function checkGiven(page: object, fields: Readonly<Record<string, Field>>, faults: string[]): void {
  checkFields(page, () => 'page', {}, faults);
  for (const [name, field] of Object.entries(fields)) {
    const value = (page as Record<string, unknown> | null)?.[name];
    if (value !== undefined) checkField(value, () => `page.${name}`, field, faults);
  }
}

function checkSegment({ segments, segment }: Omit<ProcessSegment, 'process'>, path: string, faults: string[]): void {
  if (segment >= segments) faults.push(`${path}.segment is ${segment}; there are ${segments} segments, from 0.`);
}

function processFaults(process: string): string[] {
  const faults: string[] = [];
  checkField(process, () => 'process', aName, faults);
  return faults;
}

function refuse(faults: readonly string[]): void {
  if (faults.length > 0) throw new InvalidProcessError(faults);
}
