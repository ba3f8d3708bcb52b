import { type LazyModuleLoader, ModuleRef, type ModulesContainer } from '@nestjs/core';
import { WiringError } from '../../errors';
import { FoundComponents, type NestModule, nameOf } from './found-components';

/** Says of a component that it is too late. */
export const TOO_LATE =
  'is in a module that is loaded lazily, but a flow knows all its parts when it starts. Import the module in the usual way.';

/**
 * Lets the loader reject for modules with components, which no flow would ever call. Nest has no hook for what is
 * loaded lazily.
 * @param flow the name of a flow of the application
 */
export function refuseLateComponents(loader: LazyModuleLoader, modules: ModulesContainer, flow: string): void {
  const known = new Set(modules.values());
  const load = loader.load.bind(loader);
  loader.load = async (...given) => {
    const loaded = await load(...given);
    const faults = faultsIn(lateModules(loaded, modules, known), flow);
    if (faults.length > 0) throw new WiringError(faults);
    return loaded;
  };
}

/** The module that was loaded, and what it imports: others may be loaded at the same time. */
function lateModules(
  loaded: ModuleRef,
  modules: ModulesContainer,
  known: ReadonlySet<NestModule>,
): ReadonlySet<NestModule> {
  const isLoaded = (module: NestModule): boolean => module.getProviderByKey(ModuleRef)?.instance === loaded;
  const late = new Set([...modules.values()].filter(module => isLoaded(module) && !known.has(module)));
  for (const module of late) for (const imported of module.imports) if (!known.has(imported)) late.add(imported);
  return late;
}

function faultsIn(modules: ReadonlySet<NestModule>, flow: string): string[] {
  const found = new FoundComponents(modules, flow, [flow]);
  const late = found.all().map(({ component, module }) => `${nameOf(component)}, a provider of ${module}, ${TOO_LATE}`);
  return [...late, ...found.faults];
}
