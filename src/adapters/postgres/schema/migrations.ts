import { appendExpectedFunction } from './append-expected-function';
import { appendFunction } from './append-function';
import { appendOneFunction } from './append-one-function';
import { appendClaimedFunction, claimAllFunction, claimFunction, commandTable } from './command-functions';
import { eventTables, snapshotTable } from './event-tables';
import { horizonFunction } from './horizon-function';
import type { StoreNames } from './names';
import { changeProcessFunction, processDueFunction, processPageFunctions } from './process-functions';
import { processTables } from './process-tables';
import { deadLetterTable, documentTable, readModelTable, segmentTables } from './projection-tables';
import { readRangeFunction } from './read-range-function';
import { readStreamFunction, readStreamsFunction } from './read-streams-function';

/** One step of the schema. Every statement can safely run again. */
export interface Migration {
  readonly number: number;
  readonly title: string;
  readonly sql: (names: StoreNames) => string;
}

const FIRST_SCHEMA = [
  ...[
    eventTables,
    snapshotTable,
    commandTable,
    readModelTable,
    documentTable,
    segmentTables,
    deadLetterTable,
    processTables,
  ],
  ...[
    appendFunction,
    appendOneFunction,
    appendExpectedFunction,
    claimFunction,
    claimAllFunction,
    appendClaimedFunction,
  ],
  ...[changeProcessFunction, processDueFunction, processPageFunctions],
  ...[horizonFunction, readRangeFunction, readStreamFunction, readStreamsFunction],
];

/** All steps in order. A published step is never changed; later changes are steps of their own. */
export const MIGRATIONS: readonly Migration[] = [
  { number: 1, title: 'first schema', sql: names => FIRST_SCHEMA.map(part => part(names)).join('\n\n') },
];

/** The migration that this version of the package needs. */
export const NEWEST = MIGRATIONS.at(-1)!.number;
