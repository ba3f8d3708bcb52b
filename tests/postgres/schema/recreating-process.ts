import { Flow } from '../../../src/flow';
import { SILENT } from '../../support/logger';
import { assignment, openAt, type Where } from '../../support/stores/where';
import { Account, idsProjection, move } from './dropped-schemas';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** What the process appends once it has started: events with these ids, after a move. */
interface Recreating {
  readonly where: Where;
  readonly ids: string;
}

/**
 * A program that opens the store at SIGUSR2, follows, appends, and says where the last event stands. It ends on
 * SIGTERM.
 */
async function main({ where, ids }: Recreating): Promise<void> {
  process.on('SIGUSR2', async () => {
    const eventStore = openAt(where);
    const flow = new Flow({ eventStore, aggregates: [Account], processors: [idsProjection()], logger: SILENT });
    process.once('SIGTERM', () => void flow.close());
    await flow.dispatch(move('1', 1));
    const events = [...ids].map(id => ({ name: 'Happened', payload: { id } }));
    const stream = { aggregateName: 'Todo', aggregateId: 'anew' };
    const outcome = await eventStore.append([{ stream, expected: 'any', events }]);
    say(JSON.stringify(outcome.ok ? String(outcome.events.at(-1)!.position) : 'conflict'));
  });
  const open = setInterval(() => {}, 60_000);
  process.once('SIGTERM', () => clearInterval(open));
  say('ready');
}

main(assignment<Recreating>()).catch(error => {
  console.error(error);
  process.exitCode = 1;
});
