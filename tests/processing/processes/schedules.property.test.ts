import { deadline, end, send } from 'eventuality';
import { newSeed, Random } from '../../support/random';
import { command, type Fulfilment, fulfilment, scenes } from './orders';

const HOUR = 3_600_000;
const IDS = ['o1', 'o2', 'o3'];
const SCHEDULES = 25;
const STEPS = 12;
const scene = scenes();

const definition = (options: Partial<Fulfilment> = {}) =>
  fulfilment({
    ...{ segments: 2, startTwice: 'ignore' },
    starts: {
      OrderPlaced: state => {
        state.steps.push('placed');
        return deadline('payment', { in: '3h' });
      },
    },
    on: {
      OrderNoted: (state, { again }) => {
        state.steps.push('noted');
        return again ? deadline('payment', { in: '5h' }) : undefined;
      },
    },
    deadlines: {
      payment: (state, _, { instance, run }) => {
        state.steps.push('late');
        return [send(command('Pay', instance, { run })), end()];
      },
    },
    ends: ['OrderCancelled'],
    ...options,
  });

/** An instance as one would explain it. */
class Model {
  status: 'running' | 'ended' | undefined;
  run = 0;
  steps: string[] = [];
  paid: number[] = [];
  #dueAt = 0;

  place(now: number): void {
    if (this.status === 'running') return;
    this.status = 'running';
    this.run++;
    this.steps = ['placed'];
    this.#dueAt = now + 3 * HOUR;
  }

  note(now: number, again: boolean): void {
    if (this.status !== 'running') return;
    this.steps.push('noted');
    if (again) this.#dueAt = now + 5 * HOUR;
  }

  cancel(): void {
    if (this.status === 'running') this.status = 'ended';
  }

  passes(now: number): void {
    if (this.status !== 'running' || now < this.#dueAt) return;
    this.steps.push('late');
    this.paid.push(this.run);
    this.status = 'ended';
  }
}

/** Lets events come, time pass and processes restart at random, and compares with the model whenever all is settled. */
async function play(seed: number): Promise<void> {
  const random = new Random(seed);
  const app = scene({ processors: [definition()] });
  await app.flow.processors.ready();
  const models = new Map(IDS.map(id => [id, new Model()]));
  for (let step = 0; step < STEPS; step++) {
    for (let count = random.below(4); count > 0; count--) {
      const id = IDS[random.below(IDS.length)]!;
      const model = models.get(id)!;
      const what = random.below(4);
      const again = what === 2;
      if (what === 0) model.place(app.clock.now());
      else if (what === 3) model.cancel();
      else model.note(app.clock.now(), again);
      const name = what === 0 ? 'Place' : what === 3 ? 'Cancel' : 'Note';
      await app.flow.dispatch(command(name, id, { again }));
    }
    const next = random.below(4);
    if (next === 0) await app.restart();
    else await app.settle();
    if (next === 1) {
      await app.passes(random.below(4) * HOUR);
      for (const model of models.values()) model.passes(app.clock.now());
    }
    for (const [id, model] of models) await expectAlike(id, model);
  }

  async function expectAlike(id: string, { status, run, steps, paid }: Model): Promise<void> {
    const found = await app.instance(id);
    const events = await app.eventStore.read({ aggregateName: 'Payment', aggregateId: id });
    expect([id, found?.status, found?.run ?? 0, found?.state.steps ?? []]).toEqual([id, status, run, steps]);
    expect([id, ...events.map(({ payload }) => (payload as { run: number }).run)]).toEqual([id, ...paid]);
  }
}

test('processes do what a model says, whatever comes in whichever order', async () => {
  const seed = newSeed();
  for (let schedule = 0; schedule < SCHEDULES; schedule++) {
    await play(seed + schedule).catch(error => {
      throw new Error(`seed ${seed + schedule}: ${error.message}`, { cause: error });
    });
  }
}, 120_000);
