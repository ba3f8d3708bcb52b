import type { ModuleOptions } from '../decorators';
import { FLOW_PARTS } from '../flow';
import { aBoolean, aFunction, checkedElsewhere, isFunction, listOf, must, needed, type OptionChecks, optionFaults } from '../messages';
import type { FollowerDefinition } from '../processing';
import { anEventStore } from '../store';

const { aggregates: _, commandHandlers: __, queryHandlers: ___, listeners: ____, ...parts } = FLOW_PARTS;

/** Checks of the options of `bootstrap`. */
export const BOOTSTRAP_OPTIONS = {
  ...parts,
  eventStore: anEventStore,
  container: must(
    'a container of tsyringe, or a ContainerAdapter',
    value => isFunction(value?.createScope) || isFunction(value?.createChildContainer),
  ),
  onListenerError: aFunction,
  adjustFollower: aFunction,
};

/** Checks of what `@Module` takes; what stands in its lists is looked at one by one. */
export const MODULE_OPTIONS: OptionChecks<ModuleOptions> = {
  imports: listOf('modules', checkedElsewhere),
  components: listOf('classes and aggregate definitions', checkedElsewhere),
  providers: listOf('providers', checkedElsewhere),
};

/** Returns what is wrong with what `@Module` was given; what stands in its lists is looked at one by one. */
export const moduleFaults = (module: string, given: ModuleOptions): string[] =>
  optionFaults(given, MODULE_OPTIONS).map(fault => `@Module of ${module}: ${fault}`);

const aToken = must('a class, text or a symbol', value => isFunction(value) || typeof value === 'string' || typeof value === 'symbol');

const PROVIDER: OptionChecks<Record<'provide' | 'useValue' | 'useClass' | 'useFactory' | 'singleton', unknown>> = {
  provide: needed(aToken),
  useValue: checkedElsewhere,
  useClass: aFunction,
  useFactory: aFunction,
  singleton: aBoolean,
};

/** Returns what is wrong with a provider that has one of `useValue`, `useClass` and `useFactory`. */
export function providerFaults(provider: object, place: string): string[] {
  const faults = optionFaults(provider, PROVIDER);
  for (const way of ['useClass', 'useFactory'] as const)
    if (way in provider && (provider as Record<string, unknown>)[way] === undefined)
      faults.push(`${way} is undefined (as when two files import each other); it must be a ${way === 'useClass' ? 'class' : 'function'}.`);
  return faults.map(fault => `${place}: ${fault}`);
}

/** Returns what an application's `adjustFollower` makes of a definition; where that is not the same one adjusted, the one that was given. */
export function adjusting(
  adjust: ((definition: FollowerDefinition) => FollowerDefinition) | undefined,
  faults: string[],
): (definition: FollowerDefinition) => FollowerDefinition {
  if (!adjust) return definition => definition;
  return definition => {
    const { kind, name } = definition;
    const adjusted = adjust(definition);
    if (adjusted?.kind === kind && adjusted.name === name) return adjusted;
    const made = adjusted ? `a ${String(adjusted.kind)} with the name '${String(adjusted.name)}'` : String(adjusted);
    faults.push(`adjustFollower returned ${made} for the ${kind} '${name}'; it must return one of the same kind, under the same name.`);
    return definition;
  };
}
