import { Aggregate, AggregateRoot, CommandHandler, InMemoryEventStore, Module } from 'eventuality';

export class Open {
  constructor(readonly id: string) {}
}
export class Opened {
  constructor(readonly by: string) {}
}

@Aggregate('Door')
export class Door extends AggregateRoot<Opened> {
  @CommandHandler(Open, { creates: 'if-missing' })
  open() {
    return new Opened('ann');
  }
}

@Module({ components: [Door] })
export class DoorModule {}

/** Options as a caller without types would give them. */
export const any = (value: unknown): any => value;

export const memory = () => new InMemoryEventStore();

/** A fault that begins with a text. */
export const starting = (text: string) =>
  expect.stringMatching(new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`));

/** A call with wrong options, the `code` that it is refused with, and the faults. */
export type Row = readonly [what: string, call: () => unknown, code: string, faults: unknown];

/** Tests that each call is refused with exactly these faults. */
export function refused(theme: string, rows: readonly Row[]): void {
  describe(`options are checked, all at once, with the nearest name: ${theme}`, () => {
    test.each(rows)('%s', async (_, call, code, faults) => {
      expect(await refusal(call)).toMatchObject({ code, faults });
    });
  });
}

/** Returns what a call throws, or rejects with. */
export async function refusal(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error('It was accepted.');
}
