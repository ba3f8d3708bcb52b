import type { ModuleOptions } from '../../decorators';
import { FLOW_PARTS } from '../../flow';
import {
  aBoolean,
  aFunction,
  type Check,
  checkedElsewhere,
  isFunction,
  listOf,
  must,
  needed,
  type OptionChecks,
  oneOf,
  optionFaults,
} from '../../messages';
import type { EventProcessorDefinition } from '../../processing';
import { anEventStore } from '../../store';

// Found by `bootstrap` itself, in modules.
const { aggregates: _, commandHandlers: __, queryHandlers: ___, listeners: ____, ...given } = FLOW_PARTS;
const { messageClasses: _____, ...parts } = given;

/** Checks of the options of `bootstrap`. */
export const BOOTSTRAP_OPTIONS = {
  ...parts,
  eventStore: anEventStore,
  container: must(
    'a container of tsyringe, or a ContainerAdapter',
    value => isFunction(value?.createScope) || isFunction(value?.createChildContainer),
  ),
  names: oneOf('class', 'explicit'),
  adjustEventProcessor: aFunction,
};

/** Checks of the options of `@Module`; the items of its lists are checked one by one. */
export const MODULE_OPTIONS: OptionChecks<ModuleOptions> = {
  imports: listOf('modules', checkedElsewhere),
  components: listOf('classes and aggregate definitions', checkedElsewhere),
  providers: listOf('providers', checkedElsewhere),
};

/** Returns the faults of the options of `@Module`; the items of its lists are checked one by one. */
export const moduleFaults = (module: string, given: ModuleOptions): string[] =>
  optionFaults(given, MODULE_OPTIONS).map(fault => `@Module of ${module}: ${fault}`);

const TOKEN = 'a class, text or a symbol';
const isToken = (value: unknown): boolean =>
  isFunction(value) || typeof value === 'string' || typeof value === 'symbol';
export const aToken = must(TOKEN, isToken);

const orUndefined = (words: string, holds: (value: unknown) => boolean): Check =>
  needed((value, path, faults) => {
    if (value === undefined)
      faults.push(`${path} is undefined (as when two files import each other); it must be ${words}.`);
    else must(words, holds)(value, path, faults);
  });

/** The ways in which a provider can create its object, and the options of each. */
const PROVIDERS: { readonly [Way in 'useValue' | 'useClass' | 'useFactory' | 'useToken']: OptionChecks<any> } = {
  useValue: { provide: needed(aToken), useValue: checkedElsewhere },
  useClass: { provide: needed(aToken), useClass: orUndefined('a class', isFunction), singleton: aBoolean },
  useFactory: { provide: needed(aToken), useFactory: orUndefined('a function', isFunction), singleton: aBoolean },
  useToken: { provide: needed(aToken), useToken: orUndefined(TOKEN, isToken) },
};

/** The ways in which a provider can name what it provides. */
export const PROVIDING = Object.keys(PROVIDERS) as (keyof typeof PROVIDERS)[];

/** Returns the faults of a provider that uses one of {@link PROVIDING}. */
export function providerFaults(provider: object, place: string): string[] {
  const way = PROVIDING.find(each => each in provider)!;
  return optionFaults(provider, PROVIDERS[way]).map(fault => `${place}: ${fault}`);
}

/**
 * Returns the definition that an application's `adjustEventProcessor` returns for another; if that is not the same one
 * adjusted, the original.
 */
export function adjusting(
  adjust: ((definition: EventProcessorDefinition) => EventProcessorDefinition) | undefined,
  faults: string[],
): (definition: EventProcessorDefinition) => EventProcessorDefinition {
  if (!adjust) return definition => definition;
  return definition => {
    const { kind, name } = definition;
    const adjusted = adjust(definition);
    if (adjusted?.kind === kind && adjusted.name === name) return adjusted;
    const made = adjusted ? `a ${String(adjusted.kind)} with the name '${String(adjusted.name)}'` : String(adjusted);
    faults.push(
      `adjustEventProcessor returned ${made} for the ${kind} '${name}'; it must return one of the same kind, under the same name.`,
    );
    return definition;
  };
}
