import 'reflect-metadata';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { type EventStore, Flow, InMemoryEventStore } from 'eventuality';
import { testFlow } from 'eventuality/nestjs/testing';
import supertest from 'supertest';
import { connectedTo } from '../../tests/support/event-stream';
import { PLACES } from '../../tests/support/stores/places';
import { until, within } from '../../tests/support/waiting';
import { PlaceOrder } from '../ordering/order';
import { startShop } from './app';
import { AppModule } from './app.module';
import { OrderOf } from './order-list';

const ORDER = { id: 'o1', product: 'tea', pieces: 2, address: 'Vienna', payWithin: 1800 };

describe.each(PLACES)('the shop, with events %s,', (where, make) => {
  let place: ReturnType<typeof make>;
  let store: EventStore;
  let shop: INestApplication;

  async function open(): Promise<void> {
    store = place.open();
    shop = await startShop(store, 0);
  }
  beforeEach(async () => {
    place = make();
    await open();
  });
  afterEach(async () => {
    await shop.close();
    await place.end();
  });

  const bearer = (user: string) => `Bearer token-of-${user}`;
  const post = (user: string, path: string, body?: object) =>
    supertest(shop.getHttpServer()).post(path).set('Authorization', bearer(user)).send(body);
  const get = (user: string, path: string) =>
    supertest(shop.getHttpServer()).get(path).set('Authorization', bearer(user));
  const becomes = (status: string, user = 'ann') =>
    until(async () => (await get(user, '/orders/o1')).body.status === status, `the order is ${status}`);

  test('an order is placed, paid and completed, by the user who is its customer', async () => {
    await post('sue', '/stock', { product: 'tea', pieces: 10 }).expect(201);
    await post('ann', '/orders', ORDER).expect(201);
    const { payWithin: _, ...order } = ORDER;
    expect((await get('ann', '/orders').expect(200)).body).toMatchObject([{ ...order, customer: 'ann' }]);
    await becomes('awaiting payment');
    await post('ann', '/orders/o1/payment').expect(204);
    await becomes('completed');
    expect((await get('sue', '/orders')).body).toEqual([{ ...order, customer: 'ann', status: 'completed' }]);
    expect((await get('bob', '/orders')).body).toEqual([]);
    const actors = (await store.readAll({})).map(({ name, metadata }) => [name, metadata.actor]);
    expect(actors).toEqual(
      expect.arrayContaining([
        ['StockAdded', 'sue'],
        ['OrderPlaced', 'ann'],
        ['PaymentReceived', 'ann'],
      ]),
    );
  });

  test('what is wrong has its status: 400, 401, 403, 404, 409 and 422', async () => {
    const { body } = await post('ann', '/orders', { ...ORDER, pieces: 0.5, address: '' }).expect(400);
    expect(body.issues.map(({ path }: { path: string }) => path).sort()).toEqual(['address', 'pieces']);
    await post('ann', '/orders', { ...ORDER, customer: 'bob' }).expect(400);
    await post('ann', '/orders').expect(400);
    await post('ann', '/orders', []).expect(400);
    await post('ann', '/orders', { ...ORDER, address: 'Vienna\0' }).expect(400);
    await post('ann', '/orders', { ...ORDER, id: 'o\0' }).expect(400);
    for (const token of ['', 'token-of-ann', 'Bearer token-of-eve', 'Bearer toString'])
      await supertest(shop.getHttpServer()).get('/orders').set('Authorization', token).expect(401);
    await post('ann', '/stock', { product: 'tea', pieces: 10 }).expect(403);
    await post('ann', '/orders/none/payment').expect(404);
    await post('ann', '/orders', ORDER).expect(201);
    expect((await post('bob', '/orders', ORDER).expect(409)).body.code).toBe('AGGREGATE_ALREADY_EXISTS');
    await get('bob', '/orders/o1').expect(404);
    await get('ann', '/orders/o%00').expect(404);
    await post('bob', '/orders/o1/payment').expect(404);
    await becomes('awaiting payment');
    await post('ann', '/orders/o1/payment').expect(204);
    await post('ann', '/orders/o1/payment').expect(422);
  });

  test('a client gets its orders live; nothing of it is left when it leaves, and it does not hold up the end', async () => {
    let watched = 0;
    const flow = shop.get(Flow);
    const watch = flow.watch.bind(flow);
    flow.watch = (query, options) => {
      watched++;
      options?.signal?.addEventListener('abort', () => watched--);
      return watch(query, options);
    };
    const live = `${await shop.getUrl()}/orders/live`;
    const [ann, bob] = [
      await connectedTo(live, { authorization: bearer('ann') }),
      await connectedTo(live, { authorization: bearer('bob') }),
    ];
    await until(() => ann.got.length + bob.got.length === 2, 'the first results');
    await post('ann', '/orders', ORDER).expect(201);
    await until(() => ann.got.flat().some((order: any) => order.status === 'awaiting payment'), 'the order is there');
    expect([ann.got[0], bob.got.flat()]).toEqual([[], []]);
    expect(watched).toBe(2);
    ann.leave();
    await until(() => watched === 1, 'her live query has ended');
    await within(10_000, 'the shop has closed', shop.close());
    await bob.ended;
  });

  const durably = where === 'in memory' ? () => undefined : test;
  durably('a restart keeps what was ordered, and the process goes on', async () => {
    await post('sue', '/stock', { product: 'tea', pieces: 10 }).expect(201);
    await post('ann', '/orders', ORDER).expect(201);
    await becomes('awaiting payment');
    await shop.close();
    await open();
    await becomes('awaiting payment');
    await post('ann', '/orders/o1/payment').expect(204);
    await becomes('completed');
  });
});

test('the API is described by the schemas that the commands are checked with', async () => {
  const shop = await startShop(new InMemoryEventStore(), 0);
  const { body } = await supertest(shop.getHttpServer()).get('/api-json').expect(200);
  const placing = body.paths['/orders'].post.requestBody.content['application/json'].schema;
  expect(placing).toMatchObject({ required: Object.keys(ORDER), additionalProperties: false });
  expect(placing.properties.pieces).toEqual({ type: 'integer', minimum: 1, maximum: 1000 });
  expect(Object.keys(body.paths)).toEqual(expect.arrayContaining(['/orders', '/orders/{id}/payment', '/stock']));
  await supertest(shop.getHttpServer()).get('/api').expect(200);
  expect((await supertest(shop.getHttpServer()).get('/health').expect(200)).body.eventuality.status).toBe('up');
  await shop.close();
});

test('an order that is not paid in time is cancelled, and not a millisecond before', async () => {
  const module = Test.createTestingModule({ imports: [AppModule.on(new InMemoryEventStore())] });
  await using app = await testFlow(module);
  const user = { id: 'ann', role: 'customer' } as const;
  const order = () => app.flow.query(new OrderOf(user, 'o1'));
  await app.flow.dispatch(new PlaceOrder('o1', 'tea', 2, 'Vienna', 1800), { metadata: { actor: 'ann' } });
  await app.advance(1_799_999);
  expect(await order()).toMatchObject({ status: 'awaiting payment' });
  await app.advance(1);
  expect(await order()).toMatchObject({ status: 'cancelled', reason: 'it was not paid in time' });
});
