import {
  Aggregate,
  AggregateRoot,
  Command,
  defineEvent,
  defineProjection,
  Event,
  type EventCodec,
  EventHandler,
  Module,
  type PlainEvent,
  Projection,
  type ProjectionContext,
  type RecordedEvent,
} from 'eventuality';
import { as, Upcaster, upcaster } from 'eventuality/upcasting';
import { codecOf, dateCodec } from 'eventuality/values';
import { holds, type Same, Todo } from './todo';

@Event('todo.scheduled', { version: 2, upcast: { 1: data => data } })
class TodoScheduled {
  constructor(readonly at: Date) {}

  get year(): number {
    return this.at.getFullYear();
  }
}

const codec: EventCodec<TodoScheduled> = {
  encode: event => ({ at: event.at.toISOString() }),
  decode: data => new TodoScheduled(new Date(data.at)),
};

@Event('todo.moved', {
  codec: {
    encode: (event: TodoMoved) => ({ at: event.at.getTime() }),
    decode: data => new TodoMoved(new Date(data.at)),
  },
})
class TodoMoved {
  constructor(readonly at: Date) {}

  get moved(): true {
    return true;
  }
}

@Event<TodoPlanned>('todo.planned', {
  codec: { encode: ({ at }) => ({ at: at.getTime() }), decode: data => new TodoPlanned(new Date(data.at)) },
})
class TodoPlanned {
  constructor(readonly at: Date) {}

  get planned(): true {
    return true;
  }
}

// @ts-expect-error the codec makes instances of another class
@Event('todo.delayed', { codec })
class TodoDelayed {
  constructor(readonly until: string) {}
}

// @ts-expect-error the codec makes plain objects, without the class's methods
@Event('todo.dated', {
  codec: {
    encode: (event: TodoDated) => ({ at: event.at.getTime() }),
    decode: (data: any) => ({ at: new Date(data.at) }),
  },
})
class TodoDated {
  constructor(readonly at: Date) {}

  get dated(): true {
    return true;
  }
}

// @ts-expect-error the version is a number
@Event('todo.versioned', { version: '2' })
class TodoVersioned {}

// @ts-expect-error an event's decorator needs a name
@Event()
class TodoUnnamed {}

@Command('todo.rename')
class RenameTodo {
  constructor(readonly id: string) {}
}

// @ts-expect-error a command's decorator needs a name
@Command()
class Unnamed {}

// @ts-expect-error an aggregate extends AggregateRoot
@Aggregate('NoAggregate')
class NoAggregate {}

// @ts-expect-error an aggregate needs a name
@Aggregate()
class NoName extends AggregateRoot {}

// @ts-expect-error the aggregate's id is text
@Aggregate('NumberedTodo', { id: () => 1 })
class NumberedTodo extends AggregateRoot {}

@Module({ components: [Todo] })
class TodoModule {}

// @ts-expect-error components are classes or definitions
@Module({ components: ['Todo'] })
class NamesModule {}

// @ts-expect-error imports are modules, not names
@Module({ imports: ['TodoModule'] })
class ImportsModule {}

@Module({
  imports: [TodoModule],
  providers: [
    TodoScheduled,
    { provide: 'token', useValue: 1 },
    { provide: TodoScheduled, useFactory: resolve => new TodoScheduled(resolve<Date>('now')) },
    { provide: TodoScheduled, useClass: TodoScheduled, singleton: false },
  ],
})
class ProvidersModule {}

// @ts-expect-error a provider says how
@Module({ providers: [{ provide: 'token' }] })
class HowModule {}

const event = Event({ aggregateId: 'todo1', name: 'TodoCompleted', payload: { by: 'ann', tags: ['a'] } });
holds<Same<typeof event, PlainEvent<'TodoCompleted', { by: string; tags: string[] }>>>();
// @ts-expect-error a plain event does not change
event.name = 'TodoCreated';
// @ts-expect-error nor does its payload
event.payload.by = 'bob';
// @ts-expect-error a plain event needs a name
Event({ aggregateId: 'todo1', payload: {} });
// @ts-expect-error and an aggregate's id
Event({ name: 'TodoCompleted', payload: {} });

// Every earlier version of an event has a step, or an upcaster.
@Event('todo.stepped', { version: 3, upcast: { 1: data => data, 2: 'upcaster' } })
class TodoStepped {
  readonly done = true;
}

// @ts-expect-error there is no step from version 2
@Event('todo.gap', { version: 3, upcast: { 1: data => data } })
class TodoGap {}

// @ts-expect-error there are no steps at all
@Event('todo.none', { version: 2 })
class TodoNone {}

// @ts-expect-error a step takes one argument or two, and returns data
@Event('todo.text', { version: 2, upcast: { 1: () => 'text' } })
class TodoText {}

const todoNoted = defineEvent<{ text: string }>()('todo.noted', {
  version: 2,
  upcast: { 1: (data, { recordedAt }) => ({ ...data, recordedAt }) },
});
todoNoted('1', { text: 'milk' });
// @ts-expect-error it has another payload
todoNoted('1', { txt: 'milk' });
holds<Same<typeof todoNoted.eventName, 'todo.noted'>>();
// @ts-expect-error there is no step from version 1
defineEvent('todo.gap', { version: 2 });
// @ts-expect-error there is no step from version 2
defineEvent<{ text: string }>()('todo.gap', { version: 3, upcast: { 1: data => data } });
// @ts-expect-error the version would not be known
defineEvent<{ text: string }>('todo.gap', { version: 2, upcast: { 1: data => data } });

class TodoHistory {
  @Upcaster('todo.old', { from: 1, to: TodoStepped })
  renamed(data: { done: boolean }, { aggregateId }: RecordedEvent) {
    return as(TodoStepped, 1, { ...data, aggregateId });
  }

  @Upcaster('todo.split', { from: 1, to: [TodoStepped, todoNoted] })
  split() {
    return [as(TodoStepped, 1, {}), as(todoNoted, 2, {})];
  }

  @Upcaster('todo.dropped', { from: 1, to: [] })
  dropped() {
    return [];
  }

  // @ts-expect-error it leads to another event
  @Upcaster('todo.elsewhere', { from: 1, to: todoNoted })
  elsewhere() {
    return as(TodoStepped, 1, {});
  }

  // @ts-expect-error it is asynchronous
  @Upcaster('todo.later', { from: 1, to: TodoStepped })
  async later() {
    return as(TodoStepped, 1, {});
  }
}

upcaster('todo.old', { from: 1, to: TodoStepped }, data => as(TodoStepped, 1, data));
// @ts-expect-error it leads to another event
upcaster('todo.old', { from: 1, to: TodoStepped }, data => as(todoNoted, 1, data));

export {
  HowModule,
  ImportsModule,
  NamesModule,
  NoAggregate,
  NoName,
  NumberedTodo,
  ProvidersModule,
  RenameTodo,
  TodoDated,
  TodoDelayed,
  TodoGap,
  TodoHistory,
  TodoMoved,
  TodoNone,
  TodoPlanned,
  TodoText,
  TodoUnnamed,
  TodoVersioned,
  Unnamed,
};

class Money {
  constructor(readonly cents: number) {}

  toJSON(): number {
    return this.cents;
  }

  static from(cents: number): Money {
    return new Money(cents);
  }
}

const money = codecOf(Money);
@Event('todo.priced', { codecs: { price: money, at: dateCodec, lines: [{ price: money }] } })
class TodoPriced {
  constructor(
    readonly price: Money,
    readonly at: Date | undefined,
    readonly lines: readonly { readonly price: Money; readonly n: number }[],
  ) {}
}

// @ts-expect-error the field is a date, not Money
@Event('todo.wrong', { codecs: { at: money } })
class TodoWrong {
  readonly at = new Date();
}

// @ts-expect-error there is no such field
@Command('todo.pay', { codecs: { prise: money } })
class PayTodo {
  constructor(readonly price: Money) {}
}

interface Priced {
  readonly price: Money;
  readonly at: Date;
  readonly n: number;
}
defineProjection<Priced>({ name: 'priced', codecs: { price: money, at: dateCodec }, on: {} });
// @ts-expect-error JSON does not carry the date
defineProjection<Priced>({ name: 'priced', codecs: { price: money }, on: {} });
// @ts-expect-error the codec is of another type
defineProjection<Priced>({ name: 'priced', codecs: { price: dateCodec, at: dateCodec }, on: {} });

@Projection('priced', { codecs: { price: money, at: dateCodec } })
class PricedTodos {
  @EventHandler(TodoPriced)
  priced({ price }: TodoPriced, { documents }: ProjectionContext<Priced>) {
    documents.set('1', { price, at: new Date(), n: 1 });
  }
}

// @ts-expect-error JSON does not carry the date
@Projection('undated', { codecs: { price: money } })
class UndatedTodos extends PricedTodos {}

export const classes = [
  TodoGap,
  TodoHistory,
  TodoNone,
  TodoText,
  TodoPriced,
  TodoWrong,
  PayTodo,
  PricedTodos,
  UndatedTodos,
];
