export { Application, type BootstrapOptions, bootstrap } from './bootstrap';
export type { ContainerAdapter, Disposable, Making, Registration } from './container-adapter';
export { WiringError } from './errors';
export { injectedTokens } from './injected-tokens';
export type { MessageNames } from './message-names';
export { BOOTSTRAP_OPTIONS, MODULE_OPTIONS } from './option-checks';
export { readModelToken } from './read-model-token';
export { repositoryToken } from './repository-token';
export { TsyringeAdapter } from './tsyringe-adapter';
