import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import {
  Body,
  Controller,
  Get,
  type INestApplication,
  Injectable,
  Logger,
  Module,
  Param,
  Post,
  Res,
  type Type,
} from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host';
import { Test } from '@nestjs/testing';
import {
  Aggregate,
  AggregateRoot,
  Command,
  CommandHandler,
  type DispatchOptions,
  Event,
  EventHandler,
  Flow,
  InMemoryEventStore,
  Projection,
} from 'eventuality';
import { EventualityExceptionFilter, EventualityModule } from 'eventuality/nestjs';
import { isObservable, lastValueFrom, type Observable } from 'rxjs';
import supertest from 'supertest';
import * as z from 'zod';
import { PROBLEMS } from '../../../src/integrations/http';
import { SILENT } from '../../support/logger';
import { listening, PLATFORMS, type Platform } from './platforms';

const SECRET = 'the password is 1234';

@Command('Reserve', { schema: z.object({ id: z.string(), seats: z.array(z.object({ row: z.number().int() })) }) })
class Reserve {
  constructor(
    readonly id: string,
    readonly seats: readonly { readonly row: number }[],
  ) {}
}
class Cancel {
  constructor(
    readonly id: string,
    readonly why: string,
  ) {}
}
@Event('reserved')
class Reserved {}
@Event('cancelled')
class Cancelled {
  constructor(readonly why: string) {}
}

class SoldOut extends Error {}
class NotYours extends Error {
  readonly code = 'NOT_YOURS';
}
const THROWN: Record<string, () => Error> = {
  'sold out': () => new SoldOut(SECRET),
  'not yours': () => new NotYours(SECRET),
  bug: () => new Error(SECRET),
};

@Aggregate('Reservation')
class Reservation extends AggregateRoot<Reserved | Cancelled> {
  @CommandHandler(Reserve, { creates: true })
  reserve() {
    return new Reserved();
  }

  @CommandHandler(Cancel)
  cancel({ why }: Cancel) {
    if (THROWN[why]) throw THROWN[why]();
    return new Cancelled(why === 'date' ? (new Date() as never) : why);
  }

  @EventHandler(Reserved)
  reserved() {}
}

@Injectable()
@Projection('inline-list', { mode: 'inline' })
class InlineList {
  @EventHandler(Cancelled)
  cancelled({ why }: Cancelled) {
    if (why === 'inline') throw new Error(SECRET);
  }
}

@Injectable()
@Projection('slow-list')
class SlowList {
  @EventHandler(Cancelled)
  async cancelled({ why }: Cancelled) {
    if (why === 'slow') await new Promise(resolve => setTimeout(resolve, 500));
  }
}

@Controller()
class ReservationsController {
  constructor(private readonly flow: Flow) {}

  @Post()
  async dispatch(@Body() { name, message, options }: { name: string; message: object; options?: DispatchOptions }) {
    const waitFor = options?.waitFor && [SlowList];
    await this.flow.dispatch({ name, message }, { ...options, ...(waitFor ? { waitFor } : {}) });
  }
}

@Controller('list')
class ListController {
  constructor(private readonly flow: Flow) {}

  @Get(':limit')
  find(@Param('limit') limit: string) {
    return this.flow.readModel(SlowList).find({ limit: Number(limit) });
  }
}

/** Fails when it has sent a part of its answer. */
@Controller('half')
class HalfController {
  constructor(private readonly flow: Flow) {}

  @Get()
  async half(@Res() response: ServerResponse | { readonly raw: ServerResponse }) {
    const answer = 'raw' in response ? response.raw : response;
    answer.write('half');
    await this.flow.dispatch({ name: 'Cancel', message: { id: 'none', why: 'x' } });
  }
}

let nest: INestApplication;
let platform: Platform;
let store: InMemoryEventStore;
const logged: unknown[] = [];

async function started(filter: Type = EventualityExceptionFilter) {
  store = new InMemoryEventStore();
  @Module({
    imports: [
      EventualityModule.forRoot({ eventStore: store, logger: SILENT }),
      EventualityModule.forFeature([Reservation]),
    ],
    controllers: [ReservationsController, HalfController, ListController],
    providers: [InlineList, SlowList, { provide: APP_FILTER, useClass: filter }],
  })
  class AppModule {}
  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  const tell = (error: unknown): void => void logged.push(error);
  nest = await listening(module, platform, { logger: { log: () => undefined, warn: tell, error: tell } });
}

const sent = (name: string, message: object, options?: object) =>
  supertest(nest.getHttpServer()).post('/').send({ name, message, options });

beforeEach(() => void logged.splice(0));
afterEach(() => nest?.close());
afterAll(() => Logger.overrideLogger(false));

describe.each(PLATFORMS)('with %s', (_, given) => {
  beforeAll(() => {
    platform = given;
  });

  test('an invalid message is answered by 400 and all its issues', async () => {
    await started();
    const { status, headers, body } = await sent('Reserve', { id: 'a', seats: [{ row: 1 }, { row: 'x' }], more: 1 });
    expect([status, headers['content-type']]).toEqual([400, 'application/problem+json; charset=utf-8']);
    expect(body).toEqual({
      type: 'https://unpkg.com/eventuality/docs/errors.md#INVALID_MESSAGE',
      title: 'The message does not fit its schema.',
      status: 400,
      code: 'INVALID_MESSAGE',
      issues: expect.arrayContaining([{ path: 'seats[1].row', message: expect.stringContaining('expected number') }]),
    });
    expect(logged).toEqual([]);
  });

  test('each error has its status: what is not there, what is there already, what has changed', async () => {
    await started();
    const problem = async (...[name, message, options]: Parameters<typeof sent>) => {
      const { status, body } = await sent(name, message, options);
      return [status, body.status, body.code, body.detail];
    };
    await sent('Reserve', { id: 'a', seats: [] }, { commandId: 'c1' }).expect(201);
    expect([
      await problem('Cancel', { id: 'none', why: 'x' }),
      await problem('Cancel', { why: 'x' }),
      await problem('Reserve', { id: 'a', seats: [] }),
      await problem('Cancel', { id: 'a', why: 'x' }, { expectedVersion: 7 }),
      await problem('Reserve', { id: 'b', seats: [] }, { commandId: 'c1' }),
    ]).toEqual([
      [404, 404, 'AGGREGATE_NOT_FOUND', "Reservation 'none'"],
      [400, 400, 'MISSING_AGGREGATE_ID', undefined],
      [409, 409, 'AGGREGATE_ALREADY_EXISTS', "Reservation 'a'"],
      [409, 409, 'CONCURRENCY', undefined],
      [422, 422, 'COMMAND_ID_REUSED', undefined],
    ]);
    expect(logged).toEqual([]);
  });

  test('faults of the application are logged, and their texts are not sent', async () => {
    await started();
    await sent('Reserve', { id: 'a', seats: [] }).expect(201);
    const inline = await sent('Cancel', { id: 'a', why: 'inline' }).expect(500);
    expect(inline.body.code).toBe('INLINE_PROJECTION');
    await sent('Unknown', {}).expect(500);
    const slow = { waitFor: true, waitTimeout: 1 };
    expect((await sent('Cancel', { id: 'a', why: 'slow' }, slow).expect(504)).body.code).toBe('WAIT_TIMEOUT');
    expect(logged.map(error => (error as { code?: string }).code)).toEqual([
      ...['INLINE_PROJECTION', 'UNKNOWN_COMMAND', 'WAIT_TIMEOUT'],
    ]);
    expect(JSON.stringify(inline.body)).not.toContain(SECRET);
  });

  test('an event that only newer code can read, and a flow that has closed: 503', async () => {
    await started();
    await sent('Reserve', { id: 'a', seats: [] }).expect(201);
    const stream = { aggregateName: 'Reservation', aggregateId: 'b' };
    await store.append([{ stream, expected: 0, events: [{ name: 'reserved', schemaVersion: 2, payload: {} }] }]);
    expect((await sent('Cancel', { id: 'b', why: 'x' }).expect(503)).body.code).toBe('NEWER_EVENT');
    await nest.get(Flow).close();
    expect((await sent('Cancel', { id: 'a', why: 'x' }).expect(503)).body.code).toBe('FLOW_CLOSED');
  });

  test('content that cannot be stored is 400 if a client can send it, and a fault of the application if not', async () => {
    await started();
    await sent('Reserve', { id: 'a', seats: [] }).expect(201);
    const why = async (json: string, id = 'a') => {
      const body = `{ "name": "Cancel", "message": { "id": ${JSON.stringify(id)}, "why": ${json} } }`;
      const request = supertest(nest.getHttpServer()).post('/').set('Content-Type', 'application/json');
      const { status, body: problem } = await request.send(body);
      return [status, problem.code];
    };
    const nested = `${'['.repeat(200)}${']'.repeat(200)}`;
    for (const json of ['"a\\u0000"', '"\\ud800"', '1e400', '{ "a\\u0000": 1 }', nested])
      expect([json, ...(await why(json))]).toEqual([json, 400, 'UNSTORABLE_VALUE']);
    expect(await why('""', 'a\0')).toEqual([400, 'MISSING_AGGREGATE_ID']);
    await sent('Reserve', { id: 'a\ud800', seats: [] }).expect(400);
    await supertest(nest.getHttpServer()).get('/list/1').expect(200);
    const { body } = await supertest(nest.getHttpServer()).get('/list/5000').expect(400);
    expect(body.code).toBe('INVALID_DOCUMENT_QUERY');
    expect(await why('"date"')).toEqual([500, 'UNSTORABLE_VALUE']);
    expect(logged).toMatchObject([{ code: 'INVALID_DOCUMENT_QUERY' }, { code: 'UNSTORABLE_VALUE' }]);
  });

  test('an answer of which a part has been sent ends', async () => {
    await started();
    const { status, text } = await supertest(nest.getHttpServer()).get('/half');
    expect([status, text]).toEqual([200, 'half']);
    expect(logged).toEqual([]);
  });

  test('other errors are left to other filters; a rejection of the domain is 422, without its text', async () => {
    await started(EventualityExceptionFilter.rejecting(SoldOut, NotYours));
    await sent('Reserve', { id: 'a', seats: [] }).expect(201);
    await sent('Cancel', { id: 'none', why: 'x' }).expect(404);
    expect((await sent('Cancel', { id: 'a', why: 'sold out' }).expect(422)).body).toEqual({
      ...{ type: 'about:blank', title: 'The request was rejected.', status: 422, code: 'SoldOut' },
    });
    expect((await sent('Cancel', { id: 'a', why: 'not yours' }).expect(422)).body.code).toBe('NOT_YOURS');
    expect((await sent('Cancel', { id: 'a', why: 'bug' }).expect(500)).body).toEqual({
      ...{ statusCode: 500, message: 'Internal server error' },
    });
  });

  test('what is no request over HTTP gets the error itself', async () => {
    await started();
    const filter = new EventualityExceptionFilter(nest.get(HttpAdapterHost));
    const [error, context] = [new SoldOut(), new ExecutionContextHost([])];
    context.setType('graphql');
    expect(filter.catch(error, context)).toBe(error);
    context.setType('rpc');
    const answer = filter.catch(error, context);
    expect(isObservable(answer)).toBe(true);
    await expect(lastValueFrom(answer as Observable<unknown>)).rejects.toBe(error);
  });
});

test('the page lists every status and code, and the codes are those of errors', () => {
  const page = (name: string): string => readFileSync(join(__dirname, '../../../docs', name), 'utf8');
  const listed = [...page('nestjs.md').matchAll(/^\| (\d{3}) \| (.*?) \|/gm)].flatMap(([, status, codes]) =>
    [...codes!.matchAll(/`([A-Z_]+)`/g)].map(([, code]) => [code, Number(status)]),
  );
  expect(listed.sort()).toEqual(
    Object.entries(PROBLEMS)
      .map(([code, [status]]) => [code, status])
      .sort(),
  );
  const pages = page('errors.md') + page('postgres.md');
  expect(Object.keys(PROBLEMS).filter(code => !pages.includes(`| \`${code}\` |`))).toEqual([]);
});
