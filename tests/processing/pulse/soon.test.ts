import { setTimeout } from 'node:timers';
import { Soon } from '../../../src/processing/pulse/soon';

/** Notes when so many milliseconds are over: timers ring in the order in which they are due. */
const after = (milliseconds: number, done: string[]): Promise<void> =>
  new Promise(resolve => {
    setTimeout(() => {
      done.push(`${milliseconds} ms`);
      resolve();
    }, milliseconds);
  });

test('what is asked for after a silence is done together, and soon', async () => {
  const done: string[] = [];
  const soon = new Soon(20, 400);
  const [one, other] = ['one', 'other'].map(name => () => void done.push(name)) as [() => void, () => void];
  soon.ask(one);
  await after(10, done);
  for (const each of [other, one, other]) soon.ask(each);
  await after(100, done);
  expect(done).toEqual(['10 ms', 'one', 'other', '100 ms']);
});

test('what is asked for again, or done for other reasons, is not done within the interval', async () => {
  for (const first of [(soon: Soon) => soon.ask(() => undefined), (soon: Soon) => soon.done()]) {
    const done: string[] = [];
    const soon = new Soon(5, 200);
    first(soon);
    await after(40, done);
    soon.ask(() => done.push('again'));
    await after(100, done);
    await after(200, done);
    expect(done).toEqual(['40 ms', '100 ms', 'again', '200 ms']);
  }
});

test('what was withdrawn is not done, and leaves no timer', async () => {
  const done: string[] = [];
  const soon = new Soon(5, 5);
  const work = (): void => void done.push('work');
  soon.ask(work);
  soon.withdraw(work);
  await after(30, done);
  soon.ask(work);
  soon.ask(() => done.push('other'));
  soon.withdraw(work);
  await after(31, done);
  expect(done).toEqual(['30 ms', 'other', '31 ms']);
});
