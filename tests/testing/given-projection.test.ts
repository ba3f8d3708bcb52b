import 'reflect-metadata';
import {
  defineProjection,
  EventHandler,
  InjectReadModel,
  Projection,
  type ProjectionContext,
  Query,
  QueryHandler,
  type ReadModel,
  ReplayHandler,
} from 'eventuality';
import { given, history } from 'eventuality/testing';
import { Todo, TodoCompleted, TodoCreated, TodoRenamed } from '../domain/todo';

interface TodoView {
  readonly description: string;
  readonly completed: boolean;
}

class UnlikelyError extends Error {
  readonly code = 'UNLIKELY';
}

class OpenTodos extends Query<readonly TodoView[]> {}

@Projection('todo-list', { indexes: ['completed'] })
class TodoList {
  constructor(@InjectReadModel(TodoList) private readonly todos: ReadModel<TodoView>) {}

  @EventHandler(TodoCreated)
  created({ description }: TodoCreated, { documents, event }: ProjectionContext<TodoView>) {
    documents.set(event.aggregateId, { description, completed: false });
  }

  @ReplayHandler(TodoCreated)
  createdBefore(_: TodoCreated, { documents, event }: ProjectionContext<TodoView>) {
    documents.set(event.aggregateId, { description: 'replayed', completed: false });
  }

  @EventHandler(TodoRenamed)
  async renamed({ description }: TodoRenamed, { documents, event }: ProjectionContext<TodoView>) {
    if (description === '') throw new UnlikelyError('a todo');
    await documents.update(event.aggregateId, { description });
  }

  @EventHandler(TodoCompleted)
  async completed(_: TodoCompleted, { documents, event }: ProjectionContext<TodoView>) {
    await documents.update(event.aggregateId, { completed: true });
  }

  @QueryHandler(OpenTodos)
  async open() {
    return (await this.todos.find({ where: { completed: false } })).items;
  }
}

const complaint = (
  promise: Promise<unknown>,
): Promise<Error & { code?: string; actual?: unknown; expected?: unknown }> =>
  promise.then(
    () => Promise.reject(new Error('There was no complaint.')),
    error => error,
  );

const milk = { description: 'Buy milk', completed: false };

describe('given, project, then', () => {
  test('accepts the documents of several aggregates', async () => {
    // #region given
    await given(
      history(Todo, '1', new TodoCreated('Buy milk'), new TodoCompleted()),
      history(Todo, '2', new TodoCreated('Write')),
    )
      .project(TodoList)
      .then({ 1: { description: 'Buy milk', completed: true }, 2: { description: 'Write', completed: false } });
    // #endregion given
  });

  test('takes the events in the order given, however often an aggregate comes', async () => {
    const Names = defineProjection<{ names: string }>({
      name: 'names',
      on: {
        async TodoCreated({ description }, { documents }) {
          const before = (await documents.get('all'))?.names ?? '';
          documents.set('all', { names: before + description });
        },
        TodoRenamed: ({ description }, { documents }) =>
          documents.update('all', ({ names }) => ({ names: names + description })),
      },
    });
    const [a, b] = [history(Todo, '1', new TodoCreated('a')), history(Todo, '2', new TodoCreated('b'))];
    await given(a, b, history(Todo, '1', new TodoRenamed('c')))
      .project(Names)
      .then({ all: { names: 'abc' } });
    await given(b, history(Todo, '2', new TodoRenamed('c')), a)
      .project(Names)
      .then({ all: { names: 'bca' } });
  });

  test('nothing given makes no documents', async () => {
    await given().project(TodoList).then({});
    await given(history(Todo, '1')).project(TodoList).then({});
  });

  test('runs what is live or inline elsewhere, too, and more documents than a page has', async () => {
    const many = Array.from({ length: 250 }, (_, index) => history(Todo, String(index), new TodoCreated('Buy milk')));
    const on = {
      TodoCreated: (_: object, { documents, event }: ProjectionContext<object>) =>
        documents.set(event.aggregateId, milk),
    };
    const expected = Object.fromEntries(many.map((_, index) => [index, milk]));
    for (const mode of ['live', 'inline', 'async'] as const)
      await given(...many)
        .project(defineProjection<object>({ name: 'todos', mode, on }))
        .then(expected);
  });

  test('shows the difference', async () => {
    const error = await complaint(
      given(history(Todo, '1', new TodoCreated('Buy milk')))
        .project(TodoList)
        .then({ 1: { description: 'Buy tea', completed: false } }),
    );
    expect(error).toMatchObject({
      code: 'ERR_ASSERTION',
      actual: { 1: milk },
      expected: { 1: { description: 'Buy tea', completed: false } },
    });
    const missing = await complaint(given().project(TodoList).then({ 1: milk }));
    expect(missing).toMatchObject({ code: 'ERR_ASSERTION', actual: {}, expected: { 1: milk } });
    const further = await complaint(
      given(history(Todo, '1', new TodoCreated('Buy milk')))
        .project(TodoList)
        .then({}),
    );
    expect(further).toMatchObject({ code: 'ERR_ASSERTION', actual: { 1: milk }, expected: {} });
  });

  test('accepts an error by its class, its code and a part of its message; the handler is called once', async () => {
    let calls = 0;
    const failing = defineProjection({
      name: 'failing',
      retry: { attempts: 4, delay: 60_000 },
      onError: 'stop',
      on: {
        TodoCreated() {
          calls++;
          throw new UnlikelyError('a todo');
        },
      },
    });
    const projected = given(history(Todo, '1', new TodoCreated('Buy milk'))).project(failing);
    await projected.thenError(UnlikelyError);
    await projected.thenError('UNLIKELY');
    await projected.thenError('a todo');
    expect(calls).toBe(1);
    expect((await complaint(projected.thenError(RangeError))).message).toMatch(
      /^Expected the error RangeError, but it threw Error: a todo/,
    );
    const failure = await complaint(projected.then({}));
    expect(failure).toMatchObject({ code: 'ERR_ASSERTION', cause: expect.any(UnlikelyError) });
    expect(failure.message).toMatch('Expected the documents {}, but it threw Error: a todo');
  });

  test('complains about an error that did not come, and about documents that no store can keep', async () => {
    const fine = given(history(Todo, '1', new TodoCreated('Buy milk'))).project(TodoList);
    expect((await complaint(fine.thenError(UnlikelyError))).message).toBe(
      'Expected the error UnlikelyError, but it led to {"1":{"description":"Buy milk","completed":false}}.',
    );
    const unstorable = defineProjection<object>({
      name: 'unstorable',
      on: { TodoCreated: (_, { documents }) => documents.set('1', { of: 1n }) },
    });
    const error = await complaint(
      given(history(Todo, '1', new TodoCreated('Buy milk')))
        .project(unstorable)
        .then({}),
    );
    expect(error.message).toMatch(/of/);
  });

  test('handles events in the order given, of all aggregates, whatever the number of segments is', async () => {
    const order: string[] = [];
    const Order = defineProjection<{ order: readonly string[] }>({
      name: 'order',
      segments: 8,
      on: {
        async TodoCreated(_, { documents, event }) {
          await new Promise(resolve => setTimeout(resolve, order.length % 3));
          order.push(event.aggregateId);
          documents.set('all', { order: [...order] });
        },
      },
    });
    const ids = Array.from({ length: 24 }, (_, n) => `todo ${n}`);
    await given(...ids.map(id => history(Todo, id, new TodoCreated(id))))
      .project(Order)
      .then({ all: { order: ids } });
  });

  test('refuses a document that is expected with data that cannot be seen', async () => {
    class Hidden {
      readonly #level = 5;
      get level(): number {
        return this.#level;
      }
    }
    const error = await complaint(
      given()
        .project(TodoList)
        .then({ 1: new Hidden() as never }),
    );
    expect(error).toMatchObject({ code: 'UNSTORABLE_VALUE', path: "The document expected for '1'.#level" });
  });

  test('says what to do about a class that is no projection, and about an await that comes too early', async () => {
    class Plain {}
    expect(() => given().project(Plain)).toThrow(
      "projection is the function Plain; it must be a class with @Projection('name'), or what defineProjection makes.",
    );
    const early = Promise.resolve(given().project(TodoList) as unknown);
    expect((await complaint(early)).message).toBe('Say what is expected: .then({ id: document }) or .thenError(...).');
  });

  test('gives a class what its constructor takes', async () => {
    class Prefix {
      readonly text = 'to do: ';
    }
    @Projection('prefixed')
    class Prefixed {
      constructor(private readonly prefix: Prefix) {}

      @EventHandler(TodoCreated)
      created({ description }: TodoCreated, { documents, event }: ProjectionContext<{ text: string }>) {
        documents.set(event.aggregateId, { text: this.prefix.text + description });
      }
    }
    await given(history(Todo, '1', new TodoCreated('Buy milk')))
      .project(Prefixed, { providers: [Prefix] })
      .then({ 1: { text: 'to do: Buy milk' } });
  });
});
