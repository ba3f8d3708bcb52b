import {
  Aggregate,
  AggregateRoot,
  CommandHandler,
  defineAggregate,
  type HandlerContext,
  InjectReadModel,
  InjectRepository,
  type ReadModel,
  type Repository,
} from 'eventuality';
import { TodoList } from '../projections';
import { CreateTodo, Todo } from '../todo';

// Parameter decorators exist only under legacy decorators.
const Counter = defineAggregate({ name: 'Counter', state: { count: 0 } });

export class Handlers {
  constructor(
    @InjectRepository(Todo) readonly todos: Repository<Todo>,
    @InjectRepository(Counter) readonly counters: Repository,
    // @ts-expect-error a repository is asked for by its aggregate's class or definition
    @InjectRepository('Todo') readonly byName: Repository<Todo>,
  ) {}

  @CommandHandler(CreateTodo)
  async create({ id }: CreateTodo, _context: HandlerContext) {
    await this.todos.add(new Todo(id));
  }
}

export class Reading {
  constructor(
    @InjectReadModel(TodoList) readonly todos: ReadModel<{ readonly description: string }>,
    // @ts-expect-error a read model is asked for by its projection's class or definition
    @InjectReadModel('todo-list') readonly byName: ReadModel,
  ) {}
}

class Misplaced extends AggregateRoot {
  // @ts-expect-error @Aggregate marks classes, not methods
  @Aggregate('Todo')
  method() {}
}

export { Misplaced };
