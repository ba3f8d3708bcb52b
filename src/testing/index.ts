export { type ContractCase, type EventStoreContractOptions, eventStoreContract } from './event-store-contract';
export { type Given, given, type When } from './given';
export type { WhenOptions } from './run-command';
export { VirtualClock } from './virtual-clock';
