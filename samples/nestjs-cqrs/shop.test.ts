import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import supertest from 'supertest';
import { PLACES, type Place } from '../../tests/support/stores/places';
import { until } from '../../tests/support/waiting';
import { AppModule as A } from './a/app.module';
import { AppModule as B } from './b/app.module';
import { AppModule as Before } from './before/app.module';
import { AppModule as C } from './c/app.module';
import { Mails } from './mails';
import { STORE } from './store.module';

/** The application in one of its states. */
class Shop {
  private constructor(private readonly app: NestExpressApplication) {}

  static async open(module: Type, place: Place, mails: string[]): Promise<Shop> {
    const builder = Test.createTestingModule({ imports: [module] });
    builder.overrideProvider(STORE).useFactory({ factory: () => place.open() });
    builder.overrideProvider(Mails).useValue({ send: async (id: string) => void mails.push(id) });
    const app = (await builder.compile()).createNestApplication<NestExpressApplication>({ logger: false });
    await app.init();
    return new Shop(app);
  }

  async post(path: string, body: object): Promise<void> {
    await supertest(this.app.getHttpServer()).post(path).send(body).expect(201);
  }

  async orders(): Promise<Record<string, string>> {
    const { body } = await supertest(this.app.getHttpServer()).get('/orders').expect(200);
    return Object.fromEntries(body.map(({ id, state }: { id: string; state: string }) => [id, state]));
  }

  /** Waits until orders are no longer placed only. */
  async decided(count: number): Promise<void> {
    await until(async () => {
      const states = Object.values(await this.orders());
      return states.length === count && !states.includes('placed');
    }, `${count} decided orders`);
  }

  close(): Promise<void> {
    return this.app.close();
  }
}

const STATES = [
  ['before', Before],
  ['a', A],
  ['b', B],
  ['c', C],
] as const;

describe.each(PLACES)('%s', (kind, makePlace) => {
  let place: Place;
  let mails: string[];
  beforeEach(() => {
    place = makePlace();
    mails = [];
  });
  afterEach(() => place.end());

  test.each(STATES)('%s: orders are confirmed while there is stock, and mailed once', async (_, module) => {
    const shop = await Shop.open(module, place, mails);
    await shop.post('/stock', { item: 'tea', pieces: 3 });
    await shop.post('/orders', { id: 'o1', item: 'tea', pieces: 2 });
    await shop.decided(1);
    await shop.post('/orders', { id: 'o2', item: 'tea', pieces: 2 });
    await shop.decided(2);
    expect(await shop.orders()).toEqual({ o1: 'confirmed', o2: 'cancelled: there is not enough tea' });
    await until(() => mails.length > 0, 'a mail');
    await shop.close();
    expect(mails).toEqual(['o1']);
  });

  // In memory there is one store for all, and the first application closes it.
  if (kind === 'in memory') return;

  test('each state goes on with the events of the one before: nothing is mailed twice, the list has all', async () => {
    for (const [index, module] of [A, B, C].entries()) {
      const shop = await Shop.open(module, place, mails);
      await shop.post('/stock', { item: 'tea', pieces: 1 });
      await shop.post('/orders', { id: `o${index}`, item: 'tea', pieces: 1 });
      await until(() => mails.length === index + 1, `the mail of o${index}`);
      if (module === C) {
        await shop.decided(3);
        expect(await shop.orders()).toEqual({ o0: 'confirmed', o1: 'confirmed', o2: 'confirmed' });
      }
      await shop.close();
    }
    expect(mails).toEqual(['o0', 'o1', 'o2']);
  });
});

/** The files of a state: its module, and what that imports of this folder. */
function filesOf(path: string, found: Map<string, string> = new Map()): Map<string, string> {
  if (found.has(path)) return found;
  const text = readFileSync(path, 'utf8');
  found.set(path, text);
  for (const [, name] of text.matchAll(/from '(\.[^']+)'/g)) filesOf(join(dirname(path), `${name}.ts`), found);
  return found;
}

/** Lines of code: neither empty nor comments. */
const linesOf = (text: string): number => text.split('\n').filter(line => !/^\s*(\/\/.*|\/?\*.*)?$/.test(line)).length;

const stateOf = (name: string): [path: string, text: string][] =>
  [...filesOf(join(__dirname, name, 'app.module.ts'))].map(([path, text]) => [relative(__dirname, path), text]);

test('nothing of @nestjs/cqrs is left in c, and nothing of the framework is in before', () => {
  const using = (name: string, what: RegExp): string[] =>
    stateOf(name).flatMap(([path, text]) => (what.test(text) ? [path] : []));
  expect(using('c', /@nestjs\/cqrs|nestjs\/cqrs'/)).toEqual([]);
  expect(using('before', /eventuality/)).toEqual([]);
  expect(using('a', /eventuality/).sort()).toEqual(['a/app.module.ts', 'store.module.ts']);
});

test('the page says how many lines each state has', () => {
  const page = readFileSync(join(__dirname, '../../docs/coming-from-nestjs-cqrs.md'), 'utf8');
  for (const [name] of STATES) {
    const files = stateOf(name);
    const lines = files.reduce((sum, [, text]) => sum + linesOf(text), 0);
    const cqrs = files.filter(([, text]) => text.includes("'@nestjs/cqrs'"));
    expect(page).toContain(`| \`${name}\` | ${files.length} | ${lines} | ${cqrs.length} |`);
  }
});
