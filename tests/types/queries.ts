import {
  type CommandContext,
  type Flow,
  type MessageContext,
  QueryBus,
  type QueryContext,
  QueryHandler,
  type ResultOf,
} from 'eventuality';
import { CountTodos, CreateTodo, holds, OpenTodos, type Same, type TodoView } from './todo';

class Right {
  @QueryHandler(OpenTodos)
  open({ limit }: OpenTodos): TodoView[] {
    return [{ id: 'id', description: 'description' }].slice(0, limit);
  }

  @QueryHandler(OpenTodos)
  async promised() {
    return [{ id: 'id', description: 'description', more: true }];
  }

  @QueryHandler(CountTodos)
  count(query: CountTodos, context: QueryContext) {
    return query.onlyOpen ? context.queryName.length : 0;
  }

  @QueryHandler()
  inferred(query: CountTodos) {
    return Number(query.onlyOpen);
  }
}

class Wrong {
  // @ts-expect-error the query's result is a number
  @QueryHandler(CountTodos)
  text() {
    return 'many';
  }

  // @ts-expect-error the query's result is a number
  @QueryHandler(CountTodos)
  async promisedText() {
    return 'many';
  }

  // @ts-expect-error a number or nothing is not a number
  @QueryHandler(CountTodos)
  sometimes(query: CountTodos) {
    return query.onlyOpen ? 1 : undefined;
  }

  // @ts-expect-error nothing is not a number
  @QueryHandler(CountTodos)
  nothing() {}

  // @ts-expect-error the items lack a field
  @QueryHandler(OpenTodos)
  incomplete() {
    return [{ id: 'id' }];
  }

  // @ts-expect-error the parameter is another query
  @QueryHandler(CountTodos)
  other(query: OpenTodos) {
    return query.limit;
  }

  // @ts-expect-error the context is that of a query
  @QueryHandler(CountTodos)
  context(_query: CountTodos, context: CommandContext) {
    return context.commandName.length;
  }

  // @ts-expect-error a command is no query
  @QueryHandler(CreateTodo)
  command() {}
}

declare const flow: Flow;
declare const context: MessageContext;

export async function asking() {
  const todos = await flow.query(new OpenTodos(1));
  holds<Same<typeof todos, TodoView[]>>();
  const count = await flow.query(new CountTodos(true));
  holds<Same<typeof count, number>>();
  const within = await context.query(new CountTodos(true));
  holds<Same<typeof within, number>>();
  // @ts-expect-error the result is a number
  const text: string = await flow.query(new CountTodos(true));
  const plain = await flow.query({ name: 'CountTodos', message: {} });
  holds<Same<typeof plain, unknown>>();
  holds<Same<ResultOf<OpenTodos>, TodoView[]>>();
  // @ts-expect-error a query is an object
  await flow.query('CountTodos');
  return text;
}

export async function queryBus() {
  const bus = new QueryBus();
  bus.register(CountTodos, query => Number(query.onlyOpen));
  bus.register(CountTodos, async () => 1);
  // @ts-expect-error the query's result is a number
  bus.register(CountTodos, () => 'many');
  // @ts-expect-error the query's result is a number
  bus.register(CountTodos, async () => 'many');
  // @ts-expect-error the query has no such field
  bus.register(CountTodos, query => query.limit);
  // @ts-expect-error the handler takes another query
  bus.register(CountTodos, (query: OpenTodos) => query.limit);
  const count = await bus.query(new CountTodos(true));
  holds<Same<typeof count, number>>();
}

export { Right, Wrong };
