// What connects the framework to a DI container. See docs/containers.md.

export { componentRole, injectedTokens, readModelToken, repositoryToken } from './bootstrap';
// Not through the door of the folder, which must not load tsyringe.
export { TsyringeAdapter } from './bootstrap/container/tsyringe-adapter';
export type { ComponentRole, ContainerAdapter, Making, Registration } from './bootstrap';
