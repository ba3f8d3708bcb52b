// What connects the framework to a DI container. See docs/containers.md.

export { injectedTokens, readModelToken, repositoryToken, TsyringeAdapter } from './bootstrap';
export type { ContainerAdapter, Making, Registration } from './bootstrap';
