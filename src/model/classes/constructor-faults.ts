import { ownMetadata } from '../../messages';
import { INSTANCE } from '../aggregate-instance';
import {
  isClassType,
  parameterLabel,
  parameterNames,
  parameterTokens,
  parameterTypes,
  superArguments,
} from './constructor-parameters';
import { READ_MODEL_INJECTIONS, REPOSITORY_INJECTIONS } from './handler-metadata';

const ALONE = 'aggregates are created from their id alone';

/** Finds the parameters of an aggregate's constructor that receive no argument: it is called only with the id. */
export function constructorFaults(type: Function): string[] {
  const maker = makerOf(type);
  if (!maker) return [];
  const injected = injectedParameters(maker);
  const types = parameterTypes(maker);
  const count = Math.max(maker.length, types?.length ?? 0, ...[...injected].map(index => index + 1));
  return Array.from({ length: count }, (_, index) => {
    const place = `${type.name}: the ${parameterLabel(maker, index)}${maker === type ? '' : ` of its parent ${maker.name}`}`;
    const service = `For a service give the command to a handler class, whose constructor takes the service and @InjectRepository(${type.name})`;
    if (injected.has(index)) return [`${place} is to be injected, but ${ALONE}. ${service}.`];
    if (index > 0) {
      if (index >= maker.length) return [];
      return [
        `${place} would be undefined, as ${ALONE}. ${service}; for anything else give the parameter a default value.`,
      ];
    }
    const wrong = isClassType(types?.[0]) ? `is of the class ${types[0].name}` : notHandedOn(maker, types?.[0]);
    if (!wrong) return [];
    return [
      `${place} ${wrong}, but ${ALONE}. ${service}; a first parameter is the id, which is handed on: constructor(id: string) { super(id); }.`,
    ];
  }).flat();
}

/**
 * Returns the class whose constructor takes the parameters: the nearest one that does not just pass its arguments on.
 */
function makerOf(type: Function): Function | undefined {
  for (
    let each = type;
    typeof each === 'function' && !Object.hasOwn(each.prototype ?? {}, INSTANCE);
    each = Object.getPrototypeOf(each)
  ) {
    if (each === Function.prototype) return undefined;
    if (each.length > 0 || injectedParameters(each).size > 0) return each;
    const handed = superArguments(each);
    if (handed !== undefined && !handed.startsWith('...')) return each;
  }
  return undefined;
}

function injectedParameters(type: Function): Set<number> {
  const marked = [REPOSITORY_INJECTIONS, READ_MODEL_INJECTIONS].flatMap(
    kind => ownMetadata<{ parameter: number }[]>(type, kind) ?? [],
  );
  return new Set([
    ...marked.map(({ parameter }) => parameter),
    ...Object.keys(parameterTokens(type) ?? {}).map(Number),
  ]);
}

/**
 * Without type information, a parameter that is neither passed to the parent nor called an id counts as a service. A
 * text (`isbn: string`) may be an id that the class keeps itself, and so may one whose name a minifier has changed.
 */
function notHandedOn(type: Function, declared: unknown): string | undefined {
  const [name = ''] = parameterNames(type);
  const handed = superArguments(type);
  if (declared === String || type.length === 0 || handed === undefined || name.length < 3 || /id$/i.test(name))
    return undefined;
  return new RegExp(`(^|[^\\w$])${name.replaceAll('$', '\\$')}([^\\w$]|$)`).test(handed)
    ? undefined
    : 'is not handed on as the id';
}
