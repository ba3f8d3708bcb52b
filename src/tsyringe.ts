// The adapter of tsyringe, to wrap in one of your own. See docs/containers.md.

// Not through the door of the folder, which must not load tsyringe.
export { TsyringeAdapter } from './bootstrap/container/tsyringe-adapter';
