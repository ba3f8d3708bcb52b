import { Ticker } from '../../../src/adapters/postgres/read/ticker';
import { SILENT } from '../../support/logger';
import { until } from '../../support/waiting';

/** A ticker that asks this process, and how often it has. */
class Asked {
  questions = 0;
  woken = 0;
  horizon = 0;
  readonly ticker = new Ticker({
    pollEvery: 5,
    logger: SILENT,
    mayPass: () => false,
    horizon: async () => {
      this.questions++;
      return String(this.isMoving ? ++this.horizon : this.horizon);
    },
  });
  readonly #subscriber = { wake: () => void this.woken++ };

  constructor(public isMoving: boolean) {
    this.ticker.add(this.#subscriber);
  }

  end(): void {
    this.ticker.remove(this.#subscriber);
  }
}

test('asks less often while nothing comes, and as before when something does', async () => {
  const [busy, quiet] = [new Asked(true), new Asked(false)];
  const during = async (questions: number): Promise<number> => {
    const [before, last] = [quiet.questions, busy.questions + questions];
    await until(() => busy.questions >= last, `${questions} questions of the busy one`);
    return (quiet.questions - before) / questions;
  };
  expect(await during(200)).toBeLessThan(0.6);
  expect(await during(100)).toBeLessThan(0.3);
  quiet.isMoving = true;
  const { woken } = quiet;
  await until(() => quiet.woken > woken, 'it has seen what is new');
  expect(await during(100)).toBeGreaterThan(0.6);
  quiet.isMoving = false;
  expect(await during(300)).toBeLessThan(0.6);
  // An append of this process: what others append comes soon, mostly.
  const { questions } = quiet;
  quiet.ticker.hurry();
  await until(() => quiet.questions > questions, 'it has asked at once');
  expect(await during(10)).toBeGreaterThan(0.5);
  for (const each of [busy, quiet]) each.end();
});
