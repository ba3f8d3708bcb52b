import { newId } from '../../src/messages';
import { assignment, openAt, type Where } from '../support/stores/where';

/** What the process is to do. */
export interface Claiming {
  readonly where: Where;
  readonly id: string;
  readonly lease: number;
}

/**
 * A program that claims a command, says so, and appends its event when it has not been heard of for longer than its
 * lease.
 */
async function main({ where, id, lease }: Claiming): Promise<void> {
  const store = openAt(where);
  const command = { id, token: newId() };
  const { state } = await store.commands.claim({ ...command, fingerprint: 'Do(1)', lease, keep: 60_000 });
  process.stdout.write(`${state}\n`);
  const deadline = Date.now() + lease;
  while (Date.now() <= deadline) await new Promise(resolve => setTimeout(resolve, 10));
  const append = [
    {
      stream: { aggregateName: 'Thing', aggregateId: id },
      expected: 'any' as const,
      events: [{ name: 'Late', payload: {} }],
    },
  ];
  const outcome = await store.append(append, { command }).catch(error => error);
  process.stdout.write(`${outcome.code ?? outcome.ok}\n`);
  await store.close();
}

main(assignment<Claiming>()).catch(error => {
  console.error(error);
  process.exit(1);
});
