import 'reflect-metadata';
import { Body, Controller, Get, Inject, Injectable, Module, Param, Post, Scope, Sse } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, REQUEST } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import {
  Aggregate,
  AggregateRoot,
  CommandHandler,
  Event,
  EventHandler,
  Flow,
  type HandlerContext,
  InMemoryEventStore,
  Projection,
  type ProjectionContext,
  Query,
  QueryHandler,
  type ReadModel,
  type Repository,
} from 'eventuality';
import {
  ActorInterceptor,
  EventualityExceptionFilter,
  EventualityHealthIndicator,
  EventualityModule,
  InjectFlow,
  InjectReadModel,
  InjectRepository,
  liveQuery,
} from 'eventuality/nestjs';
import { testFlow } from 'eventuality/nestjs/testing';
import supertest from 'supertest';
import { SILENT } from '../support/logger';

class CreateTodo {
  constructor(
    readonly id: string,
    readonly description: string,
  ) {}
}
class CompleteTodo {
  constructor(readonly id: string) {}
}
class CompleteAll {
  constructor(readonly ids: readonly string[]) {}
}
class OpenTodos extends Query<readonly TodoView[]> {}

@Event('todo.created')
class TodoCreated {
  constructor(readonly description: string) {}
}
@Event('todo.completed')
class TodoCompleted {}

interface TodoView {
  readonly id: string;
  readonly description: string;
  readonly completed: boolean;
}

@Aggregate('todo')
class Todo extends AggregateRoot<TodoCreated | TodoCompleted> {
  #completed = false;

  @CommandHandler(CreateTodo, { creates: true })
  create({ description }: CreateTodo) {
    return new TodoCreated(description);
  }

  @CommandHandler(CompleteTodo)
  complete() {
    return this.#completed ? [] : this.apply(new TodoCompleted());
  }

  @EventHandler(TodoCompleted)
  completed() {
    this.#completed = true;
  }
}

@Injectable()
@Projection('todo-list', { indexes: ['completed'] })
class TodoList {
  @EventHandler(TodoCreated)
  created({ description }: TodoCreated, { documents, event }: ProjectionContext<TodoView>) {
    documents.set(event.aggregateId, { id: event.aggregateId, description, completed: false });
  }

  @EventHandler(TodoCompleted)
  async completed(_: TodoCompleted, { documents, event }: ProjectionContext<TodoView>) {
    await documents.update(event.aggregateId, { completed: true });
  }
}

// #region handlers
@Injectable()
class TodoQueries {
  constructor(@InjectReadModel(TodoList) private readonly todos: ReadModel<TodoView>) {}

  @QueryHandler(OpenTodos)
  async open() {
    return (await this.todos.find({ where: { completed: false } })).items;
  }
}

@Injectable()
class Completion {
  constructor(@InjectRepository(Todo) private readonly todos: Repository<Todo>) {}

  @CommandHandler(CompleteAll)
  async completeAll({ ids }: CompleteAll) {
    for (const id of ids) {
      const todo = await this.todos.load(id);
      todo.complete();
      await this.todos.save(todo);
    }
  }
}
// #endregion handlers

// #region scoped
@Injectable({ scope: Scope.REQUEST })
class Audit {
  constructor(@Inject(REQUEST) private readonly context: HandlerContext) {}

  get actor(): unknown {
    return this.context.metadata.actor;
  }
}
// #endregion scoped

class Sign {
  constructor(readonly id: string) {}
}
const signed: unknown[] = [];

@Injectable()
class Signing {
  constructor(private readonly audit: Audit) {}

  @CommandHandler(Sign)
  sign({ id }: Sign) {
    signed.push([id, this.audit.actor]);
  }
}

// #region controller
@Controller('todos')
class TodosController {
  constructor(private readonly flow: Flow) {}

  @Post()
  async create(@Body() { id, description }: { id: string; description: string }) {
    await this.flow.dispatch(new CreateTodo(id, description), { waitFor: [TodoList] });
  }

  @Post(':id/complete')
  async complete(@Param('id') id: string) {
    await this.flow.dispatch(new CompleteTodo(id), { waitFor: [TodoList] });
  }

  @Get()
  open() {
    return this.flow.query(new OpenTodos());
  }

  @Sse('live')
  live() {
    return liveQuery(this.flow, new OpenTodos());
  }
}
// #endregion controller

// #region module
@Module({
  imports: [EventualityModule.forFeature([Todo, TodoList])],
  providers: [TodoList, TodoQueries, Completion],
  controllers: [TodosController],
})
class TodosModule {}
// #endregion module

@Module({ providers: [{ provide: 'store', useFactory: () => new InMemoryEventStore() }], exports: ['store'] })
class StoreModule {}

// #region root
@Module({
  imports: [
    EventualityModule.forRootAsync({
      imports: [StoreModule],
      inject: ['store'],
      useFactory: (eventStore: InMemoryEventStore) => ({ eventStore, logger: SILENT }),
    }),
    TodosModule,
  ],
  providers: [{ provide: APP_INTERCEPTOR, useClass: ActorInterceptor }],
})
class AppModule {}
// #endregion root

// #region health
@Controller('health')
class HealthController {
  constructor(private readonly eventuality: EventualityHealthIndicator) {}

  @Get()
  check() {
    return this.eventuality.isHealthy('eventuality');
  }
}
// #endregion health

test('a module, its handlers and its controller', async () => {
  const module = await Test.createTestingModule({ imports: [AppModule], controllers: [HealthController] }).compile();
  const nest = module.createNestApplication<NestExpressApplication>({ logger: false });
  await nest.init();
  const server = nest.getHttpServer();
  await supertest(server).post('/todos').send({ id: '1', description: 'Buy milk' }).expect(201);
  await supertest(server).post('/todos').send({ id: '2', description: 'Buy bread' }).expect(201);
  await supertest(server).post('/todos/1/complete').expect(201);
  const { body } = await supertest(server).get('/todos').expect(200);
  expect(body).toEqual([{ id: '2', description: 'Buy bread', completed: false }]);
  await nest.get(Flow).dispatch(new CompleteAll(['2']), { waitFor: [TodoList] });
  expect((await supertest(server).get('/todos')).body).toEqual([]);
  expect((await supertest(server).get('/health')).body).toEqual({ eventuality: { status: 'up' } });
  await nest.close();
});

class SoldOut extends Error {}
class Buy {
  constructor(readonly amount: number) {}
}

@Injectable()
class Shop {
  @CommandHandler(Buy)
  buy() {
    throw new SoldOut('of which the client learns nothing');
  }
}

@Controller()
class ShopController {
  constructor(private readonly flow: Flow) {}

  @Post('buy')
  async buy(@Body() { amount }: Buy) {
    await this.flow.dispatch(new Buy(amount));
  }
}

// #region filter
@Module({
  imports: [EventualityModule.forRoot(), TodosModule],
  providers: [Shop, { provide: APP_FILTER, useClass: EventualityExceptionFilter.rejecting(SoldOut) }],
  controllers: [ShopController],
})
class ShopModule {}
// #endregion filter

test('errors are answered with problem details', async () => {
  const module = await Test.createTestingModule({ imports: [ShopModule] }).compile();
  const nest = module.createNestApplication<NestExpressApplication>({ logger: false });
  await nest.init();
  const server = nest.getHttpServer();
  // #region problem
  const { body } = await supertest(server).post('/todos/7/complete').expect(404);
  expect(body).toEqual({
    type: 'https://unpkg.com/eventuality/docs/errors.md#AGGREGATE_NOT_FOUND',
    title: 'There is nothing with this id.',
    status: 404,
    code: 'AGGREGATE_NOT_FOUND',
    detail: "todo '7'",
  });
  // #endregion problem
  const { body: rejected } = await supertest(server).post('/buy').send({ amount: 1 }).expect(422);
  expect(rejected).toMatchObject({ type: 'about:blank', code: 'SoldOut' });
  await nest.close();
});

test('a scoped provider has the context of the command as its request', async () => {
  await using app = await testFlow(
    Test.createTestingModule({ imports: [EventualityModule.forRoot()], providers: [Audit, Signing] }),
    { logger: SILENT },
  );
  await app.flow.dispatch(new Sign('1'), { metadata: { actor: 'ann' } });
  expect(signed).toEqual([['1', 'ann']]);
});

test('flows with names', async () => {
  // #region named
  @Injectable()
  class AuditTrail {
    constructor(
      @InjectFlow('audit') readonly flow: Flow,
      @InjectRepository(Todo, 'audit') readonly todos: Repository<Todo>,
    ) {}
  }

  @Module({
    imports: [
      EventualityModule.forRoot({ name: 'audit', logger: SILENT }),
      EventualityModule.forFeature([Todo], 'audit'),
    ],
    providers: [AuditTrail],
  })
  class AuditModule {}
  // #endregion named
  const nest = await Test.createTestingModule({ imports: [AuditModule] }).compile();
  await nest.init();
  const { flow, todos } = nest.get(AuditTrail);
  await flow.dispatch(new CreateTodo('1', 'x'));
  expect((await todos.load('1')).version).toBe(1);
  await nest.close();
});

// #region test
test('a todo that was created is open', async () => {
  await using app = await testFlow(Test.createTestingModule({ imports: [AppModule] }));
  await app.flow.dispatch(new CreateTodo('1', 'Buy milk'));
  await app.settle();
  expect(await app.flow.query(new OpenTodos())).toMatchObject([{ description: 'Buy milk' }]);
});
// #endregion test
