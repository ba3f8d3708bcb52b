import {
  aName,
  aRetry,
  aSignal,
  aTimeout,
  inheritedNames,
  integer,
  isFunction,
  listOf,
  metadataEntries,
} from '../options/option-checks';
import { must, type OptionChecks, refuseOptions } from '../options/options';
import type { DispatchOptions } from './command';

const isReference = (value: any): boolean =>
  isFunction(value) || typeof (typeof value === 'object' ? value?.name : value) === 'string';

/** A projection. */
export const aProjectionReference = must('a projection: its class, its definition or its name', isReference);

/** A list of projections and reactors. */
export const projectionReferences = listOf(
  'projections and reactors',
  must('a projection or reactor: its class, its definition or its name', isReference),
);

const DISPATCH: OptionChecks<DispatchOptions> = {
  commandId: aName,
  metadata: metadataEntries,
  inherit: inheritedNames,
  expectedVersion: integer(0),
  retry: aRetry,
  signal: aSignal,
  waitFor: projectionReferences,
  waitTimeout: aTimeout,
};

/**
 * Refuses invalid arguments of a dispatch: a few type checks, and almost nothing without options.
 * @throws InvalidOptionsError
 */
export const refuseDispatchOptions = (options: DispatchOptions | undefined): void =>
  refuseOptions('dispatch', options, DISPATCH);
