import { cancel, deadline, end, type ProcessDecisions, send } from 'eventuality/processes';
import { command, type Fulfilment, fulfilment, scenes } from './orders';

const scene = scenes();
const manager = (app: ReturnType<typeof scene>) => app.flow.processManagers.of('fulfilment');

/** Throws for a payment, as long as it is said to. */
function poisonous(): { poison: boolean; on: NonNullable<Fulfilment['on']> } {
  const made = {
    poison: true,
    on: {
      Paid: (_: unknown, { orderId }: { orderId: string }) => {
        if (made.poison) throw new Error('I cannot count');
        return [cancel('payment'), send(command('Ship', orderId))] as const;
      },
    },
  };
  return made as { poison: boolean; on: NonNullable<Fulfilment['on']> };
}

describe('an instance whose handler throws', () => {
  test('is parked at once, alone, with what it had before; what comes later waits', async () => {
    const { on } = poisonous();
    const app = scene({ processors: [fulfilment({ on })] });
    await app.happens(command('Place', 'o1'), command('Place', 'o2'));
    await app.happens(command('Pay', 'o1'), command('Cancel', 'o1'));
    await app.passes(31 * 60_000);
    expect(await app.events('o2')).toContain('OrderCancelled');
    expect(await app.events('o1')).toEqual(['OrderPlaced', 'PaymentRequested', 'Paid', 'OrderCancelled']);
    expect(await app.instance('o1')).toMatchObject({
      ...{
        status: 'parked',
        state: { paid: false, steps: ['placed'] },
        error: expect.stringContaining('I cannot count'),
      },
    });
    expect((await manager(app).find({ status: 'parked' })).items.map(({ instance }) => instance)).toEqual(['o1']);
    expect(app.failures).toEqual([
      {
        error: expect.objectContaining({ message: 'I cannot count' }),
        context: expect.objectContaining({ kind: 'process', name: 'fulfilment', sequence: 'o1' }),
      },
    ]);
    expect(await app.flow.processors.of('fulfilment').status()).toMatchObject({
      ...{ kind: 'process', healthy: false, parked: [{ sequence: 'o1', events: 1, position: 5n }] },
    });
  });

  test('goes on after a retry, with its deadline and everything that waited', async () => {
    const poisoned = poisonous();
    const app = scene({ processors: [fulfilment({ on: poisoned.on })] });
    await app.happens(command('Place', 'o1'), command('Pay', 'o1'));
    expect(await manager(app).retry('o1')).toBe(true);
    await app.settle();
    expect(await app.instance('o1')).toMatchObject({ status: 'parked' });
    poisoned.poison = false;
    expect(await manager(app).retry('o1')).toBe(true);
    await app.settle();
    expect(await app.events('o1')).toContain('Shipped');
    expect(await app.instance('o1')).toMatchObject({ status: 'ended', error: undefined });
    expect(await manager(app).retry('o1')).toBe(false);
  });

  test('goes on without the input that is discarded, and its deadline fires', async () => {
    const { on } = poisonous();
    const app = scene({ processors: [fulfilment({ on })] });
    await app.happens(command('Place', 'o1'), command('Pay', 'o1'));
    await app.passes(31 * 60_000);
    expect(await app.events('o1')).not.toContain('OrderCancelled');
    expect(await manager(app).discard('o1')).toBe(true);
    await app.settle();
    expect(await app.events('o1')).toContain('OrderCancelled');
    const { steps } = await manager(app).history('o1');
    expect(steps.map(({ name, status, note }) => [name, status, note])).toEqual([
      ['OrderPlaced', 'handled', undefined],
      ['Paid', 'noted', 'discarded'],
      ['payment', 'handled', undefined],
    ]);
  });

  test('can be ended; what waits is dropped', async () => {
    const { on } = poisonous();
    const app = scene({ processors: [fulfilment({ on })] });
    await app.happens(command('Place', 'o1'), command('Pay', 'o1'));
    expect(await manager(app).end('o1')).toBe(true);
    await app.passes(31 * 60_000);
    expect(await app.events('o1')).not.toContain('OrderCancelled');
    expect(await app.instance('o1')).toMatchObject({ status: 'ended' });
    expect(await manager(app).end('o1')).toBe(false);
    expect((await manager(app).history('o1')).steps.at(-1)).toMatchObject({
      status: 'noted',
      note: 'ended by request',
    });
  });

  test('starts in the run that it was to start when its start is tried again', async () => {
    let poison = true;
    const starts: Fulfilment['starts'] = {
      OrderPlaced: (state, { orderId }) => {
        if (poison) throw new Error('not yet');
        state.steps.push('placed');
        return send(command('RequestPayment', orderId));
      },
    };
    const app = scene({ processors: [fulfilment({ starts })] });
    await app.happens(command('Place', 'o1'));
    expect(await app.instance('o1')).toMatchObject({ status: 'parked', run: 0 });
    poison = false;
    await manager(app).retry('o1');
    await app.settle();
    expect(await app.instance('o1')).toMatchObject({ status: 'running', run: 1, state: { steps: ['placed'] } });
    expect((await manager(app).history('o1')).steps).toMatchObject([{ run: 1, state: { steps: ['placed'] } }]);
  });

  test('leaves nothing when it never started and its start is discarded', async () => {
    const starts: Fulfilment['starts'] = {
      OrderPlaced: () => {
        throw new Error('never');
      },
    };
    const app = scene({ processors: [fulfilment({ starts })] });
    await app.happens(command('Place', 'o1'));
    await manager(app).discard('o1');
    await app.settle();
    expect(await app.instance('o1')).toBeUndefined();
    expect((await manager(app).history('o1')).steps).toEqual([]);
  });
});

describe('a deadline that sets itself again', () => {
  type Next = (dueAt: Date) => Parameters<typeof deadline>[1];
  const setting = (next: Next): Partial<Fulfilment> => ({
    starts: { OrderPlaced: () => deadline('payment', { in: '30m' }) },
    deadlines: {
      payment: (state, { dueAt }) => {
        state.steps.push('due');
        return state.steps.length < 5 ? deadline('payment', next(dueAt)) : undefined;
      },
    },
  });
  const placed = async (next: Next, after: number) => {
    const app = scene({ processors: [fulfilment(setting(next))] });
    await app.happens(command('Place', 'o1'));
    await app.passes(after);
    return app.instance('o1');
  };

  test.each<[string, Next]>([
    ['after no time', () => ({ in: 0 })],
    ['at its own time', dueAt => ({ at: dueAt })],
  ])('%s would fire forever: its instance is parked', async (_, next) => {
    expect(await placed(next, 40 * 60_000)).toMatchObject({
      ...{ status: 'parked', state: { steps: [] } },
      error: expect.stringContaining('when it has just fired, so it would fire forever. Set it to a later time.'),
    });
  });

  test('to a later time that has passed already catches up', async () => {
    const instance = await placed(dueAt => ({ at: new Date(dueAt.getTime() + 60_000) }), 40 * 60_000);
    expect(instance).toMatchObject({ status: 'running', state: { steps: ['due', 'due', 'due', 'due', 'due'] } });
  });
});

describe('a command that throws, without a handler for it', () => {
  test('parks its instance; retry sends it again under its id', async () => {
    let fails = true;
    const ids: string[] = [];
    const app = scene({
      processors: [
        fulfilment({
          retry: { attempts: 2, delay: 0 },
          starts: { OrderPlaced: () => [send({ name: 'Fragile', message: {} }), send({ name: 'Sound', message: {} })] },
        }),
      ],
      commandHandlers: {
        Fragile: (_, { commandId }) => {
          ids.push(commandId);
          if (fails) throw new Error('it broke');
        },
        Sound: () => void ids.push('sound'),
      },
    });
    await app.happens(command('Place', 'o1'));
    expect(await app.instance('o1')).toMatchObject({ status: 'parked', error: expect.stringContaining('it broke') });
    expect(ids).toHaveLength(2);
    fails = false;
    await manager(app).retry('o1');
    await app.settle();
    expect(await app.instance('o1')).toMatchObject({ status: 'running' });
    expect(ids).toHaveLength(4);
    expect(new Set(ids.slice(0, 3)).size).toBe(1);
    expect(ids[3]).toBe('sound');
  });
});

describe('a deadline whose handler leaves what no store takes', () => {
  const wrong: Readonly<Record<string, (state: object) => void>> = {
    'a text with NUL in the state': state => void Object.assign(state, { text: 'a\0b' }),
    'half a surrogate pair in the state': state => void Object.assign(state, { text: '\ud800' }),
    'NUL in its error': () => {
      throw new Error('a\0b');
    },
    'half a surrogate pair at the end of a long error': () => {
      throw new Error(`${'x'.repeat(3992)}\ud83d\ude00`);
    },
  };

  test.each(Object.entries(wrong))('%s parks its instance, and the others go on', async (_, leave) => {
    const deadlines: NonNullable<Fulfilment['deadlines']> = {
      payment: (state, __, { instance }) => {
        if (instance === 'o1') leave(state);
        return [send(command('Cancel', instance)), end()];
      },
    };
    const app = scene({ processors: [fulfilment({ deadlines })] });
    await app.happens(command('Place', 'o1'), command('Place', 'o2'));
    await app.passes(31 * 60_000);
    expect(await app.instance('o1')).toMatchObject({ status: 'parked' });
    expect(await app.events('o2')).toContain('OrderCancelled');
  });
});

describe('what a handler decides', () => {
  const huge = 'x'.repeat(300_000);
  const wrong: Readonly<Record<string, [decide: (state: any) => unknown, fault: string]>> = {
    'a promise': [() => Promise.resolve(), 'returned a promise'],
    'no decision': [() => [{ kind: 'send' }], 'it must return results of send, deadline, cancel and end'],
    'an event': [() => new Error('text'), 'an instance of Error'],
    'a command that no handler takes': [() => send({ name: 'Nothing', message: {} }), 'Nothing'],
    'no command': [() => send(7 as never), 'decisions[0].command'],
    'a command that cannot be stored': [
      () => send({ name: 'Note', message: { at: new Date() } }),
      'an instance of Date',
    ],
    'an undo that cannot be stored': [
      () => send(command('Note', 'x'), { undo: { name: 'Gone', message: {} } }),
      'undo',
    ],
    'a deadline without a handler': [
      () => deadline('other', { in: 1 }),
      "sets the deadline 'other', which has no handler",
    ],
    'a deadline at no time': [() => deadline('payment', { in: 'soon' }), 'it must be { in:'],
    'a deadline in the far future': [() => deadline('payment', { in: '600w' }), 'within ten years of now'],
    'a deadline beyond all dates': [() => deadline('payment', { in: '99999999999w' }), 'it must be { in:'],
    'a deadline in the far past': [
      () => deadline('payment', { at: '1980-01-01T00:00:00Z' }),
      'within ten years of now',
    ],
    'content that cannot be stored': [() => deadline('payment', { in: 1 }, { m: new Map() }), 'an instance of Map'],
    'too many decisions': [() => Array.from({ length: 101 }, () => cancel('payment')), 'the limit is 100'],
    'a state that is too large': [state => void Object.assign(state, { huge }), 'the limit is 262144'],
    'a state that cannot be stored': [state => void Object.assign(state, { call: () => 1 }), 'call'],
  };

  test.each(Object.entries(wrong))('%s parks the instance, and nothing is half-written', async (_, [decide, fault]) => {
    const starts = { OrderPlaced: (state: unknown) => decide(state) as ProcessDecisions<'payment'> };
    const app = scene({ processors: [fulfilment({ starts })] });
    await app.happens(command('Place', 'o1'));
    expect(await app.instance('o1')).toMatchObject({ status: 'parked', error: expect.stringContaining(fault) });
    expect(await app.events('o1')).toEqual(['OrderPlaced']);
    expect((await manager(app).history('o1')).deadlines).toEqual([]);
  });

  test('is refused with all faults at once', async () => {
    const starts: Fulfilment['starts'] = {
      OrderPlaced: () => [send({ name: 'Nothing', message: {} }), deadline('payment', { in: 'soon' }), end()],
    };
    const app = scene({ processors: [fulfilment({ starts })] });
    await app.happens(command('Place', 'o1'));
    expect(app.failures[0]!.error).toMatchObject({
      code: 'INVALID_PROCESS_DECISION',
      faults: [expect.anything(), expect.anything()],
    });
  });
});
