import { Command, defineEvent, Event, Query, QueryBus } from 'eventuality';
import { z } from 'zod';
import { eventTypeOf } from '../../src/messages';

const text = z.object({ text: z.string() });
const wrong = { parse: () => undefined } as never;
const fault = 'schema is an object; it must be a Standard Schema of version 1, such as one of zod, valibot or arktype.';

describe('the schema of a message', () => {
  it('belongs to what is known of an event, by class and by definition', () => {
    @Event('todo.noted', { schema: text })
    class Noted {
      constructor(readonly text: string) {}
    }

    expect(eventTypeOf(Noted).schema).toBe(text);
    expect(defineEvent('todo.noted', { schema: text }).shape.schema).toBe(text);
  });

  it.each([
    ['@Event', () => Event('todo.noted', { schema: wrong })],
    ['@Command', () => Command('todo.note', { schema: wrong })],
    ['@Query', () => Query('todos', { schema: wrong })],
    ['defineEvent', () => defineEvent('todo.noted', { schema: wrong })],
  ])('must be a Standard Schema: %s', (_, create) => {
    expect(create).toThrow(fault);
  });

  it('is the only option of queries; a command has no version', () => {
    expect(() => Command('todo.note', { version: 2 } as never)).toThrow(
      "'version' is not an option. Known: codecs, schema.",
    );
    expect(() => Query('todos', { version: 2 } as never)).toThrow("'version' is not an option. Known: schema.");
    expect(() => Query('todos', null as never)).toThrow('the options are null; they must be an object.');
  });
});

describe('@Query', () => {
  it('gives the class of a query a durable name', async () => {
    @Query('todos.count')
    class CountTodos extends Query<number> {}
    const bus = new QueryBus();
    bus.register('todos.count', () => 3);

    await expect(bus.query(new CountTodos())).resolves.toBe(3);
    await expect(bus.query({ name: 'todos.count', message: {} })).resolves.toBe(3);
  });
});
