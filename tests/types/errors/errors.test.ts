import { complaints, type Dialect } from './complaints';

const IMPORTS = `
import { AggregateRoot, CommandHandler, defineEvent, defineProjection, Event, EventHandler, Flow, Projection, type ProjectionContext, QueryHandler } from 'eventuality';
import { DeadlineHandler, deadline, defineProcess, ProcessManager, Starts, send } from 'eventuality/processes';
import { CompleteTodo, CountTodos, CreateTodo, InvoicePaid, TodoCreated } from '../todo';
class Emptied {}
interface View { readonly id: string; readonly open: boolean }
interface Dated { readonly id: string; readonly at: Date }
declare const flow: Flow;
`;
const aggregate = (body: string) =>
  `${IMPORTS} export class Subject extends AggregateRoot<TodoCreated | Emptied> { ${body} }`;
const undeclared = (body: string) => `${IMPORTS} export class Subject extends AggregateRoot { ${body} }`;
const plain = (body: string) => `${IMPORTS} export class Subject { ${body} }`;
const event = (options: string) => `${IMPORTS} @Event('noted', ${options}) export class Noted { text = ''; }`;
const eventOf = (options: string) => `${IMPORTS} export const noted = defineEvent('noted', ${options});`;
const typedEventOf = (options: string) =>
  `${IMPORTS} export const noted = defineEvent<{ text: string }>()('noted', ${options});`;
const projection = (options: string, view: string) =>
  `${IMPORTS} @Projection('list', ${options}) export class Subject { @EventHandler(TodoCreated) created(_: TodoCreated, context: ProjectionContext<${view}>) {} }`;

/** Options of events with wrong steps between their versions. */
const STEPS: Readonly<Record<string, readonly [options: string, said: RegExp]>> = {
  'a step that is missing': [
    '{ version: 4, upcast: { 1: data => data, 3: data => data } }',
    /'there is no step from version': 2/,
  ],
  'steps that are missing altogether': ['{ version: 2 }', /'there is no step from version': 1/],
  'a step from the current version': [
    '{ version: 2, upcast: { 1: data => data, 2: data => data } }',
    /'there is a step from version': 2; 'and the current version is': 2/,
  ],
  'a step that does not return data': [
    "{ version: 2, upcast: { 1: () => 'text' } }",
    /'\(\) => string' is not .* 'UpcastStep/,
  ],
  'a step that is asynchronous': [
    '{ version: 2, upcast: { 1: async data => data } }',
    /=> Promise<any>' is not .* 'UpcastStep/,
  ],
  'a step that returns a list': ['{ version: 2, upcast: { 1: data => [data] } }', /=> any\[\]' is not .* 'UpcastStep/],
  'a step that is no function': ['{ version: 2, upcast: { 1: 5 } }', /'number' is not .* 'UpcastStep/],
};
const stepsOf = (source: (options: string) => string, name: string) =>
  Object.fromEntries(
    Object.entries(STEPS).map(([kind, [options, said]]) => [`${kind}, ${name}`, [source(options), said]]),
  ) as Record<string, readonly [string, RegExp]>;

/** Wrong sources, and what the first line of the compiler's one complaint says. */
const WRONG: Readonly<Record<string, readonly [source: string, said: RegExp]>> = {
  'an event of another aggregate': [
    aggregate('@CommandHandler(CreateTodo) create() { return new InvoicePaid(1); }'),
    /return type '\{ 'it returns what is not an event of the aggregate': InvoicePaid; \}'/,
  ],
  'an event of another aggregate in a list that is promised': [
    aggregate("@CommandHandler(CreateTodo) async create() { return [new TodoCreated(''), new InvoicePaid(1)]; }"),
    /'it returns what is not an event of the aggregate': InvoicePaid; /,
  ],
  'an event of another aggregate that is handled': [
    aggregate('@EventHandler(InvoicePaid) paid() {}'),
    /'it handles what is not an event of the aggregate': InvoicePaid; /,
  ],
  'an event of another aggregate by the type of the parameter': [
    aggregate('@EventHandler() paid(event: InvoicePaid) {}'),
    /'it handles what is not an event of the aggregate': InvoicePaid; /,
  ],
  'an event of another aggregate that is applied': [
    aggregate('pay() { this.apply(new InvoicePaid(1)); }'),
    /'InvoicePaid' is not assignable to parameter .*'it is not an event of the aggregate': InvoicePaid/,
  ],
  'another command': [
    aggregate('@CommandHandler(CreateTodo) create(command: CompleteTodo) { return new TodoCreated(command.by); }'),
    /'\{ "the decorator names": CreateTodo; "the method takes another command": CompleteTodo; \}'/,
  ],
  'another command, where the events are not declared': [
    undeclared('@CommandHandler(CreateTodo) create(command: CompleteTodo) { return new TodoCreated(command.by); }'),
    /"the method takes another command": CompleteTodo; /,
  ],
  'another event': [
    aggregate('@EventHandler(TodoCreated) created(event: InvoicePaid) {}'),
    /"the decorator names": TodoCreated; "the method takes another event": InvoicePaid; /,
  ],
  'another context': [
    aggregate(
      '@CommandHandler(CreateTodo) create(command: CreateTodo, context: string) { return new TodoCreated(context); }',
    ),
    /'the context of this handler is': CommandContext; /,
  ],
  'another result of a query': [
    plain("@QueryHandler(CountTodos) count() { return 'many'; }"),
    /'the result of the query is': number; 'the method returns': string; /,
  ],
  'a field': [plain("@EventHandler(TodoCreated) field = '';"), /'a handler is a method': "this is a field"/],
  'another event of a process': [
    plain('@Starts(TodoCreated) created(event: InvoicePaid) {}'),
    /'a handler of a process takes': TodoCreated; /,
  ],
  'an event for the deadline of a process': [
    plain("@DeadlineHandler('late') late(event: TodoCreated) {}"),
    /'a handler of a process takes': Deadline/,
  ],
  'a promise of a process': [
    plain('@Starts(TodoCreated) async created() {}'),
    /'a handler of a process takes': TodoCreated; .*'and returns': ProcessDecisions/,
  ],
  'a command that a process does not list': [
    `${IMPORTS} @ProcessManager('p', { correlate: () => 'x', sends: [CreateTodo] }) export class Subject { @Starts(TodoCreated) created() { return send(new CompleteTodo('', '')); } }`,
    /'a command that is not in the option sends': CompleteTodo/,
  ],
  'an index that is not a field of the view': [
    projection("{ indexes: ['open', 'done'] }", 'View'),
    /'an index that is not a field of the view': "done"/,
  ],
  'a view that JSON does not carry': [
    projection('{}', 'Dated'),
    /'JSON does not carry these fields of the view': "at"/,
  ],
  ...stepsOf(event, '@Event'),
};

/** The same in functions; these have no dialect. */
const FUNCTIONS: typeof WRONG = {
  ...stepsOf(eventOf, 'defineEvent'),
  ...stepsOf(typedEventOf, 'defineEvent of a type'),
  'the type of a payload in the call that names the event': [
    `${IMPORTS} defineEvent<{ text: string }>('noted', { version: 2 });`,
    /Type '\{ text: string; \}' does not satisfy the constraint 'string'|Expected 0 arguments/,
  ],
  'an index that is not a field of a named view': [
    `${IMPORTS} defineProjection<View>({ name: 'list', indexes: ['done'], on: {} });`,
    /'"done"' is not assignable to type '"id" \| "open"'/,
  ],
  'an index that is not a field of the view of the handlers': [
    `${IMPORTS} defineProjection({ name: 'list', indexes: ['done'], on: { A: (_, { documents }: ProjectionContext<View>) => documents } });`,
    /'an index that is not a field of the view': "done"/,
  ],
  'a view that JSON does not carry': [
    `${IMPORTS} defineProjection<Dated>({ name: 'list', on: {} });`,
    /'JSON does not carry these fields of the view': "at"/,
  ],
  'a deadline of a process that nothing handles': [
    `${IMPORTS} defineProcess({ name: 'p', correlate: () => 'x', state: {}, starts: { A: () => deadline('later', { in: 1 }) }, deadlines: { late: () => [] } });`,
    /"later".*"late"/,
  ],
  'a command that a process does not list': [
    `${IMPORTS} defineProcess({ name: 'p', correlate: () => 'x', state: {}, sends: ['Remind'], starts: { A: () => send({ name: 'Remnid', message: {} }) } });`,
    /"Remnid".*"Remind"/,
  ],
  'a query by a field that is not an index': [
    `${IMPORTS} const list = defineProjection({ name: 'list', indexes: ['open'], on: { A: (_, { documents }: ProjectionContext<View>) => documents } });
    export const found = flow.readModel(list).find({ where: { id: 'a' } });`,
    /'id' does not exist in type/,
  ],
  'an order by a field that is not an index': [
    `${IMPORTS} const list = defineProjection({ name: 'list', indexes: ['open'], on: { A: (_, { documents }: ProjectionContext<View>) => documents } });
    export const found = flow.readModel(list).find({ where: { open: true }, orderBy: 'id' });`,
    /'"id"' is not assignable to type '"open"/,
  ],
};

/** What is right, so that the complaints above come from nothing else. */
const RIGHT = {
  decisions: aggregate(`
    @CommandHandler(CreateTodo) one(command: CreateTodo) { return command.id ? new TodoCreated('') : new Emptied(); }
    @CommandHandler(CreateTodo) async many() { return [new TodoCreated(''), new Emptied()]; }
    @CommandHandler(CreateTodo) none() { this.apply(new Emptied()); this.apply(new TodoCreated('')); }
    @EventHandler(Emptied) emptied() {}
    @EventHandler(TodoCreated) created({ description }: TodoCreated) { return description; }`),
  undeclared: undeclared(
    '@CommandHandler(CreateTodo) any() { return [new InvoicePaid(1), new Emptied()]; } @EventHandler(InvoicePaid) paid() {}',
  ),
  events: `${IMPORTS}
    @Event('one', { version: 3, upcast: { 1: (data, { recordedAt }) => ({ ...data, at: recordedAt.slice(0, 10) }), 2: 'upcaster' } }) export class One { at = ''; }
    const version: number = 2;
    const upcast: Record<number, (data: any) => object> = {};
    interface Data { readonly text: string }
    declare const step: (data: Data) => Data;
    @Event('two', { version, upcast }) export class Two {}
    @Event('three', { version: 2, upcast }) export class Three {}
    @Event('four', { version: 2, upcast: { 1: step } }) export class Four {}
    export const five = defineEvent('five', { version: 2, upcast: { 1: ({ text }, { position }) => ({ text, position: position.toString() }) } });
    export const six = defineEvent<Data>()('six', { version: 3, upcast: { 1: data => data, 2: step } });
    export const seven = defineEvent('seven', { version, upcast });`,
  queries: plain('@QueryHandler(CountTodos) async count() { return 1; }'),
  projections: projection(
    "{ indexes: ['open'], version: 2 }",
    'View & { readonly tags?: readonly { readonly text: string | null }[] }',
  ),
  functions: `${IMPORTS} const indexes: string[] = [];
    export const dynamic = defineProjection({ name: 'list', indexes, on: { A: (_, { documents }: ProjectionContext<View>) => documents } });
    export const untyped = defineProjection({ name: 'list', indexes: ['a'], on: { A: (_, { documents }) => documents } });
    const list = defineProjection({ name: 'list', indexes: ['open'], on: { A: (_, { documents }: ProjectionContext<View>) => documents } });
    export const found = flow.readModel(list).find({ where: { open: true }, orderBy: 'open' });
    export const wide = flow.readModel(defineProjection<View>({ name: 'list', indexes: ['open'], on: {} })).find({ where: { id: 'a' } });`,
};

const sourcesOf = (wrong: typeof WRONG) =>
  Object.fromEntries(Object.entries(wrong).map(([name, [source]]) => [name, source]));

describe.each<[Dialect, typeof WRONG]>([
  ['legacy', { ...WRONG, ...FUNCTIONS }],
  ['standard', WRONG],
])('the compiler names the cause in its first line: %s decorators', (dialect, wrong) => {
  let said: Record<string, string[]>;
  beforeAll(() => {
    said = complaints({ ...sourcesOf(wrong), ...RIGHT }, dialect);
  }, 120_000);

  test.each(Object.entries(wrong))('%s', (name, [, cause]) => {
    const [complaint, ...others] = said[name]!;
    expect(others).toEqual([]);
    expect(complaint?.split('\n')[0]).toMatch(cause);
  });

  test.each(Object.keys(RIGHT))('and nothing of what is right: %s', name => {
    expect(said[name]).toEqual([]);
  });
});
