import { type } from 'arktype';
import { Command, defineEvent, Event, Query } from 'eventuality';
import { codecOf } from 'eventuality/values';
import * as v from 'valibot';
import { z } from 'zod';
import { holds, type Same } from './todo';

const todo = { id: z.string(), text: z.string(), tags: z.array(z.string()) };

@Command('todo.add', { schema: z.object(todo) })
class AddTodo {
  constructor(
    readonly id: string,
    readonly text: string,
    readonly tags: readonly string[],
  ) {}

  get isLong() {
    return this.text.length > 100;
  }
}

@Command('todo.note', { schema: v.object({ id: v.string(), note: v.optional(v.string()) }) })
class NoteTodo {
  constructor(
    readonly id: string,
    readonly note?: string,
  ) {}
}

@Query('todos.tagged', { schema: type({ tag: 'string' }) })
class TaggedTodos extends Query<number> {
  constructor(readonly tag: string) {
    super();
  }
}

@Event('todo.added', { schema: z.object(todo) })
class TodoAdded {
  constructor(
    readonly id: string,
    readonly text: string,
    readonly tags: readonly string[],
  ) {}
}

class Money {
  constructor(readonly cents: number) {}

  toJSON(): number {
    return this.cents;
  }

  static from(cents: number): Money {
    return new Money(cents);
  }
}

// What is stored of a field with a codec has another type.
@Event('todo.priced', {
  version: 2,
  upcast: { 1: data => data },
  codecs: { price: codecOf(Money) },
  schema: z.object({ id: z.string(), price: z.number() }),
})
class TodoPriced {
  constructor(
    readonly id: string,
    readonly price: Money,
  ) {}
}

@Event('todo.dated', {
  codec: { encode: ({ at }: TodoDated) => ({ at: at.getTime() }), decode: ({ at }) => new TodoDated(new Date(at)) },
  schema: z.object({ at: z.number() }),
})
class TodoDated {
  constructor(readonly at: Date) {}
}

// @ts-expect-error the schema takes a text that the class does not have
@Command('todo.drop', { schema: v.object({ id: v.string(), reason: v.string() }) })
class DropTodo {
  constructor(readonly id: string) {}
}

// @ts-expect-error the schema takes a number
@Event('todo.counted', { schema: z.object({ count: z.number() }) })
class TodoCounted {
  constructor(readonly count: string) {}
}

// @ts-expect-error the schema takes a number, in each version
@Event('todo.summed', { version: 2, upcast: { 1: data => data }, schema: type({ count: 'number' }) })
class TodoSummed {
  constructor(readonly count: string) {}
}

// @ts-expect-error the schema takes a number
@Query('todos.limited', { schema: z.object({ limit: z.number() }) })
class LimitedTodos extends Query<number> {
  constructor(readonly limit: string) {
    super();
  }
}

// @ts-expect-error a schema is an object of a library
@Command('todo.any', { schema: { id: 'string' } })
class AnyTodo {}

const renamed = defineEvent('todo.renamed', { schema: z.object({ text: z.string() }) });
holds<Same<Parameters<typeof renamed>[1], { text: string }>>();
renamed('1', { text: 'milk' });
// @ts-expect-error the schema takes a text
renamed('1', { text: 1 });
defineEvent<{ readonly tags: readonly string[] }>()('todo.tagged', { schema: z.object({ tags: z.array(z.string()) }) });
// @ts-expect-error the schema takes a number
defineEvent<{ text: string }>()('todo.renamed', { schema: z.object({ text: z.number() }) });

export const classes = [
  ...[AddTodo, NoteTodo, TaggedTodos, TodoAdded, TodoPriced, TodoDated],
  ...[DropTodo, TodoCounted, TodoSummed, LimitedTodos, AnyTodo],
];
