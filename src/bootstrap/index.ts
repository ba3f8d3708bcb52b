export { Application, type BootstrapOptions, bootstrap } from './bootstrap';
export type { ContainerAdapter, Registration } from './container-adapter';
export { WiringError } from './errors';
export { BOOTSTRAP_OPTIONS, MODULE_OPTIONS } from './option-checks';
export { readModelToken } from './read-model-token';
export { repositoryToken } from './repository-token';
