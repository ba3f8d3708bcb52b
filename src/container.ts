// What connects the framework to a DI container. See docs/containers.md.

export { componentEvents, componentRole, injectedTokens, readModelToken, repositoryToken } from './bootstrap';
export type { ComponentRole, ContainerAdapter, Making, Registration } from './bootstrap';
