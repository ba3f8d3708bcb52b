import { Inject } from '@nestjs/common';
import { type AggregateDefinition, Flow, type ProjectionDefinition } from '../..';
import { readModelToken, repositoryToken } from '../../container';

/** The name of the flow of a module without a name of its own. */
export const DEFAULT = 'default';

type Class = abstract new (...args: any[]) => unknown;
type Token = symbol | typeof Flow;

/** The tokens of flows with a name, and of what belongs to them. */
const named = new Map<string, symbol>();
const namedParts = new Map<string, WeakMap<object, symbol>>();

/** Returns the token under which a flow is injected: the class `Flow` for the default one. */
export const flowToken = (name: string = DEFAULT): Token => (name === DEFAULT ? Flow : tokenOf(`Flow<${name}>`));

/** Returns the token of what runs a flow within the application. */
export const hostToken = (name: string): symbol => tokenOf(`FlowHost<${name}>`);

/** Returns the token of the options of a flow, as `forRoot` or `forRootAsync` give them. */
export const optionsToken = (name: string = DEFAULT): symbol => tokenOf(`EventualityOptions<${name}>`);

/** Returns the token under which the repository of an aggregate is injected. */
export const repositoryTokenOf = (aggregate: Class | AggregateDefinition, flow: string = DEFAULT): symbol =>
  partOf(repositoryToken(aggregate as AggregateDefinition), aggregate, flow);

/** Returns the token under which the read model of a projection is injected. */
export const readModelTokenOf = (projection: Class | ProjectionDefinition, flow: string = DEFAULT): symbol =>
  partOf(readModelToken(projection), projection, flow);

/** Injects a flow: `@InjectFlow() flow: Flow`. For the default one the type is enough: `flow: Flow`. */
export const InjectFlow = (name: string = DEFAULT): ParameterDecorator & PropertyDecorator => Inject(flowToken(name));

/**
 * Injects the repository of an aggregate that a module lists in `EventualityModule.forFeature`. In a handler of a
 * command it takes part in the unit of work of the command; elsewhere it stores at once.
 * @example constructor(@InjectRepository(Account) private readonly accounts: Repository<Account>) {}
 */
export const InjectRepository = (
  aggregate: Class | AggregateDefinition,
  flow: string = DEFAULT,
): ParameterDecorator & PropertyDecorator => Inject(repositoryTokenOf(aggregate, flow));

/**
 * Injects the read model of a projection that is a provider of a module, or listed in `EventualityModule.forFeature`.
 * @example constructor(@InjectReadModel(TodoList) private readonly todos: ReadModel<TodoView>) {}
 */
export const InjectReadModel = (
  projection: Class | ProjectionDefinition,
  flow: string = DEFAULT,
): ParameterDecorator & PropertyDecorator => Inject(readModelTokenOf(projection, flow));

/** Returns the token of a text, always the same one. */
export function tokenOf(text: string): symbol {
  const known = named.get(text) ?? Symbol(text);
  named.set(text, known);
  return known;
}

/** The description is what Nest shows where nothing provides it. */
function partOf({ description }: symbol, part: { readonly name: string }, flow: string): symbol {
  const tokens = namedParts.get(flow) ?? new WeakMap<object, symbol>();
  namedParts.set(flow, tokens);
  const list = `[${part.name}]${flow === DEFAULT ? '' : `, '${flow}'`}`;
  const token = tokens.get(part) ?? Symbol(`${description} of EventualityModule.forFeature(${list})`);
  tokens.set(part, token);
  return token;
}
