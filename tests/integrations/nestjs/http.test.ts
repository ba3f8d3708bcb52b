import 'reflect-metadata';
import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  type INestApplication,
  Inject,
  Injectable,
  Module,
  Post,
  Scope,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, ModulesContainer, REQUEST } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { Flow, InMemoryEventStore, Query, type QueryContext, QueryHandler } from 'eventuality';
import { ActorInterceptor, EventualityHealthIndicator, EventualityModule } from 'eventuality/nestjs';
import supertest from 'supertest';
import { SILENT } from '../../support/logger';
import { Account, Deposit, Greet, Greetings, Ledger, Open } from './banking';
import { listening, PLATFORMS, type Platform } from './platforms';

/** Takes the user from a header, as a guard that checks a token does. */
class HeaderGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest();
    const id = request.headers['x-user'];
    if (id) request.user = { id };
    return true;
  }
}

class Me extends Query<unknown> {}
class MeScoped extends Query<unknown> {}

@Injectable()
class Users {
  @QueryHandler(Me)
  async me(_: Me, { metadata }: QueryContext) {
    return metadata.actor ?? null;
  }
}

@Injectable({ scope: Scope.REQUEST })
class ScopedUsers {
  constructor(@Inject(REQUEST) private readonly request: QueryContext) {}

  @QueryHandler(MeScoped)
  async me() {
    return this.request.metadata.actor ?? null;
  }
}

@Controller('accounts')
class AccountsController {
  constructor(
    private readonly flow: Flow,
    private readonly health: EventualityHealthIndicator,
  ) {}

  @Post()
  async open(@Body() { id, amount }: { id: string; amount: number }) {
    const { events } = await this.flow.dispatch(new Open(id));
    await new Promise(resolve => setTimeout(resolve, Math.random() * 5));
    const deposited = await this.flow.dispatch(new Deposit(id, amount));
    return [...events, ...deposited.events].map(({ metadata }) => metadata.actor ?? null);
  }

  @Post('greetings')
  async greet(@Body() { name }: { name: string }) {
    await this.flow.dispatch(new Greet(name));
  }

  @Get('me')
  async me() {
    await new Promise(resolve => setTimeout(resolve, Math.random() * 5));
    return [await this.flow.query(new Me()), await this.flow.query(new MeScoped())];
  }

  @Get('health')
  status() {
    return this.health.isHealthy('eventuality');
  }
}

let store: InMemoryEventStore;
let nest: INestApplication;
let platform: Platform;

async function start(...given: (new () => object)[]) {
  const interceptors = given.length > 0 ? given : [ActorInterceptor];
  store = new InMemoryEventStore();
  @Module({
    imports: [
      EventualityModule.forRoot({ eventStore: store, logger: SILENT }),
      EventualityModule.forFeature([Account]),
    ],
    controllers: [AccountsController],
    providers: [
      Ledger,
      Greetings,
      Users,
      ScopedUsers,
      { provide: APP_GUARD, useClass: HeaderGuard },
      ...interceptors.map(useClass => ({ provide: APP_INTERCEPTOR, useClass })),
    ],
  })
  class AppModule {}
  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  nest = await listening(module, platform, { logger: false });
}

afterEach(() => nest.close());

const posted = (path: string, body: object, user?: string) => {
  const request = supertest(nest.getHttpServer()).post(path);
  return (user ? request.set('x-user', user) : request).send(body).expect(201);
};

describe.each(PLATFORMS)('with %s', (_, given) => {
  beforeAll(() => {
    platform = given;
  });

  test("the request's user is the actor of every command that the request dispatches", async () => {
    await start();
    const users = Array.from({ length: 30 }, (_, n) => `user ${n}`);
    const answers = await Promise.all(users.map(user => posted('/accounts', { id: user, amount: 1 }, user)));
    expect(answers.map(({ body }) => body)).toEqual(users.map(user => [user, user]));
    expect((await posted('/accounts', { id: 'none', amount: 1 })).body).toEqual([null, null]);
  });

  test("the request's user is the actor of every query, also in a request-scoped handler", async () => {
    await start();
    const asked = (user: string) => supertest(nest.getHttpServer()).get('/accounts/me').set('x-user', user).expect(200);
    const users = Array.from({ length: 30 }, (_, n) => `user ${n}`);
    const answers = await Promise.all(users.map(asked));
    expect(answers.map(({ body }) => body)).toEqual(users.map(user => [user, user]));
    expect((await supertest(nest.getHttpServer()).get('/accounts/me')).body).toEqual([null, null]);
  });

  test('1,000 interleaved requests of two users: no request-scoped handler has the user of another', async () => {
    await start();
    const users = Array.from({ length: 1000 }, (_, n) => (n % 2 ? 'ann' : 'bob'));
    for (let at = 0; at < users.length; at += 50)
      await Promise.all(users.slice(at, at + 50).map(user => posted('/accounts/greetings', { name: user }, user)));
    const { lines } = nest.get(Ledger);
    expect(lines).toHaveLength(1000);
    expect(lines.filter(line => line !== 'ann true ann' && line !== 'bob true bob')).toEqual([]);
  });

  test('control: the instance of a request-scoped handler that discovery finds has nothing injected', async () => {
    await start();
    const providers = [...nest.get(ModulesContainer).values()].flatMap(module => [...module.providers.values()]);
    const found = providers.find(({ metatype }) => metatype === Greetings)!.instance as Greetings;
    expect(found).toBeInstanceOf(Greetings);
    expect([found.request, found.ledger]).toEqual([undefined, undefined]);
  });

  test('the metadata can be found in another way', async () => {
    await start(
      ActorInterceptor.from(context => ({
        actor: `ip of ${context.switchToHttp().getRequest().user?.id}`,
        tenant: 't',
      })),
    );
    expect((await posted('/accounts', { id: 'a', amount: 1 }, 'ann')).body).toEqual(['ip of ann', 'ip of ann']);
    expect((await store.readAll({})).map(({ metadata }) => metadata.tenant)).toEqual(['t', 't']);
  });

  test('several interceptors add to one another', async () => {
    await start(
      ActorInterceptor,
      ActorInterceptor.from(() => ({ tenant: 't' })),
    );
    await posted('/accounts', { id: 'a', amount: 1 }, 'ann');
    expect((await store.readAll({})).map(({ metadata }) => [metadata.actor, metadata.tenant])).toEqual([
      ['ann', 't'],
      ['ann', 't'],
    ]);
  });

  test('a health check tells what does not answer', async () => {
    await start();
    const health = () => supertest(nest.getHttpServer()).get('/accounts/health');
    expect((await health()).body).toEqual({ eventuality: { status: 'up' } });
    store.readAll = () => Promise.reject(new Error('the disk is gone'));
    expect((await health()).body).toEqual({ eventuality: { status: 'down', faults: ['the disk is gone'] } });
  });
});
