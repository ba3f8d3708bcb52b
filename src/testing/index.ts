export { type ContractCase, type EventStoreContractOptions, eventStoreContract } from './event-store-contract';
export { type Given, given, type When } from './given';
export { type ProjectionStoreContractOptions, projectionStoreContract } from './projection-store-contract';
export type { WhenOptions } from './run-command';
export { type SnapshotStoreContractOptions, snapshotStoreContract } from './snapshot-store-contract';
export { VirtualClock } from './virtual-clock';
