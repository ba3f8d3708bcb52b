import { type CommandOutcome, DispatchedCommands } from '../../src/messages';

let looks = 0;

/** A command that counts how often its content is looked at. */
class Counted {
  constructor(private readonly n: number) {
    Object.defineProperty(this, 'content', {
      enumerable: true,
      get: () => {
        looks++;
        return this.n;
      },
    });
  }
}

const outcome = { events: [], succeeded: true, aggregateId: 'a', version: 1, position: 1n } as CommandOutcome;
const numbers = Array.from({ length: 500 }, (_, n) => n);

beforeEach(() => {
  looks = 0;
});

test('what a command is is looked at once for each of its dispatches, however many came before', async () => {
  const dispatched = new DispatchedCommands();
  const ids = new Set<string | undefined>();
  for (const n of numbers)
    await dispatched.dispatch(new Counted(n), 'cause', async id => {
      ids.add(id);
      return outcome;
    });
  expect(looks).toBe(500);
  expect(ids.size).toBe(500);
});

test('a handler that runs once and has no id to make others of is not looked at', async () => {
  const dispatched = new DispatchedCommands();
  for (const n of numbers) await dispatched.dispatch(new Counted(n), undefined, async () => outcome);
  expect(looks).toBe(0);
});

test('a handler that runs again sends what failed, and what it had not sent, and nothing else', async () => {
  const dispatched = new DispatchedCommands();
  const sent: number[] = [];
  const send = (n: number, result: CommandOutcome = outcome) =>
    dispatched.dispatch(new Counted(n), undefined, async () => {
      sent.push(n);
      return result;
    });
  await Promise.all([send(1), send(2, { ...outcome, succeeded: false }), send(3), send(3)]);
  dispatched.again();
  await Promise.all([send(3), send(4), send(2), send(1), send(3), send(3)]);
  expect(sent).toEqual([1, 2, 3, 3, 4, 3, 2]);
});
