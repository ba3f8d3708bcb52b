import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlite } from '../../src/adapters/sqlite';
import { built, Program } from '../support/programs';
import { until } from '../support/waiting';

const folder = mkdtempSync(join(tmpdir(), 'eventuality-docs-shutdown-'));
afterAll(() => rmSync(folder, { recursive: true }));
const script = built('shutdown-program', folder, __dirname);

/**
 * Starts the server of the page, has it carry out a command, and asks it to end. Returns what it printed and what is
 * stored.
 */
async function played(name: string, { signal, hanging = false }: { signal: NodeJS.Signals; hanging?: boolean }) {
  const file = join(folder, `${name}.db`);
  const program = new Program(script, { file, hanging });
  try {
    await until(() => program.lines.length > 0, 'the server listens', 20_000);
    const port = program.lines[0]!.slice('listening '.length);
    const answer = await fetch(`http://127.0.0.1:${port}/todo1`, { headers: { connection: 'close' } });
    expect(await answer.text()).toBe('true');
    const start = performance.now();
    program.send(signal);
    const lines = await program.finished();
    const store = sqlite(file);
    const events = await store.readAll();
    await store.close();
    return {
      lines: lines.slice(1),
      events: events.map(({ aggregateId }) => aggregateId),
      milliseconds: performance.now() - start,
    };
  } finally {
    await program.gone();
  }
}

describe('the page about shutdown: a server that is asked to end', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s lets its listeners finish, and exits by itself',
    async signal => {
      expect(await played(signal, { signal })).toMatchObject({ lines: ['heard todo1'], events: ['todo1'] });
    },
    60_000,
  );

  it('exits by itself also where a listener never returns, once closeTimeout is over', async () => {
    const { lines, events, milliseconds } = await played('hanging', { signal: 'SIGTERM', hanging: true });
    expect({ lines, events }).toEqual({ lines: [], events: ['todo1'] });
    expect(milliseconds).toBeGreaterThan(4_500);
  }, 60_000);
});
