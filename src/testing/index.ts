export { type ContractCase, type EventStoreContractOptions, eventStoreContract } from './event-store-contract';
