export { Application, type BootstrapOptions, bootstrap } from './bootstrap';
export { BOOTSTRAP_OPTIONS, MODULE_OPTIONS } from './checks/option-checks';
export type { ContainerAdapter, Making, Registration } from './container/container-adapter';
export { TsyringeAdapter } from './container/tsyringe-adapter';
export { isProcessClass, processDefinition } from './discovery/process-classes';
export { WiringError } from './errors';
export { injectedTokens } from './tokens/injected-tokens';
export { readModelToken } from './tokens/read-model-token';
export { repositoryToken } from './tokens/repository-token';
