import { InMemoryEventStore } from 'eventuality';
import { generatedPlays, identified, numbered, played } from '../faults/commands/retried-reactors';

const plays = generatedPlays(300, Number(process.env.FAULTS_SEED ?? 20_261_129));

test('in 300 generated plays, of attempts in any order and with steps left out, every command that was decided takes effect exactly once', async () => {
  expect(await played(new InMemoryEventStore(), plays, identified)).toEqual({ wrong: [], foreign: 0, parked: 0 });
}, 60_000);

test('ids by a running number, as they were before, are found to be wrong by these plays', async () => {
  expect((await played(new InMemoryEventStore(), plays, numbered)).wrong.length).toBeGreaterThan(30);
}, 60_000);
