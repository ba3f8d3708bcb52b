export type { TestIds } from './deciding-ids';
export { type ContractCase, type EventStoreContractOptions, eventStoreContract } from './event-store-contract';
export { type Given, given, type When } from './given';
export type {
  GivenProcess,
  WhenDueOptions,
  WhenHappenedOptions,
  WhenProcess,
  WhenRejectedOptions,
} from './given-process';
export { type History, history } from './history';
export { type ProcessStoreContractOptions, processStoreContract } from './process-store-contract';
export type { GivenHistory, Projected, ProjectOptions } from './project';
export { type ProjectionStoreContractOptions, projectionStoreContract } from './projection-store-contract';
export type { RecordedCommand, RecordedEffect } from './recording';
export type { WhenOptions } from './run-command';
export type { ProcessTestOptions } from './run-process';
export { type SnapshotStoreContractOptions, snapshotStoreContract } from './snapshot-store-contract';
export { storedEvent } from './stored-event';
export { TestFlow, type TestFlowOptions, type TestSetup, testFlow, testSetup } from './test-flow';
export { VirtualClock } from './virtual-clock';
