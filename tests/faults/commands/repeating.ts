import { Event } from '../../../src/decorators';
import { Flow } from '../../../src/flow';
import type { CommandOutcome } from '../../../src/messages';
import { defineAggregate } from '../../../src/model';
import { CustomEventStore, type EventStore } from '../../../src/store';
import { SILENT } from '../../support/logger';
import type { Random } from '../../support/random';

/** How far apart the repetitions start at most, in milliseconds: some start before the outcome is known, some after. */
const STAGGERED = 4;

/** Told that a command is being carried out; it goes on when the promise resolves. */
export type InFlight = (id: string) => unknown;

/**
 * The kinds of commands: one of an aggregate, one over two aggregates that were not loaded, and one that leads to no
 * events.
 */
const NAMES = ['Fill', 'Pour', 'Look'] as const;

/** The command with a number; its `id` is its command id, too. */
export const numbered = (number: number) => ({
  name: NAMES[number % NAMES.length]!,
  message: { id: `command ${number}` },
});

/** How many events the command with a number leads to. */
export const effectsOf = (number: number): number => [1, 2, 0][number % NAMES.length]!;

const filled = (aggregateId: string, of: string) =>
  Event({ aggregateName: 'Pot', aggregateId, name: 'Filled', payload: { of } });

/**
 * Where the commands take effect. Nothing in it knows a command again: carried out twice, each of them takes effect
 * twice.
 */
export const repeatingFlow = (eventStore: EventStore, running: InFlight): Flow =>
  new Flow({
    eventStore,
    logger: SILENT,
    aggregates: [
      defineAggregate({
        name: 'Pot',
        state: {},
        commands: {
          Fill: {
            creates: 'if-missing',
            async decide(_state, { id }: { id: string }) {
              await running(id);
              return filled(id, id);
            },
          },
        },
      }),
    ],
    commandHandlers: {
      async Pour({ id }: { id: string }) {
        await running(id);
        return [filled(`${id}, left`, id), filled(`${id}, right`, id)];
      },
      async Look({ id }: { id: string }) {
        await running(id);
      },
    },
  });

/** Dispatches a command with its id so many times, staggered, and returns what each caller was told. */
export const repeated = (flow: Flow, number: number, times: number, random: Random): Promise<string[]> =>
  Promise.all(
    Array.from({ length: times }, async () => {
      await random.pause(STAGGERED);
      return answered(flow, number);
    }),
  );

/** Dispatches a command with its id, and returns what the caller was told: the outcome or the error, in a line. */
export async function answered(flow: Flow, number: number, identified = true): Promise<string> {
  const command = numbered(number);
  try {
    return shown(await flow.dispatch(command, identified ? { commandId: command.message.id } : {}));
  } catch (error) {
    return `error ${(error as { code?: string }).code ?? error}`;
  }
}

const shown = ({ succeeded, aggregateId, version, position, events }: CommandOutcome): string =>
  JSON.stringify([
    succeeded,
    aggregateId,
    version,
    `${position}`,
    ...events.map(({ id, position }) => `${id} ${position}`),
  ]);

/** A store that keeps no commands: then each flow knows those of its own only. */
export const withoutJournal = (store: EventStore): EventStore =>
  new CustomEventStore({
    append: appends => store.append(appends),
    readAll: page => store.readAll(page),
    read: (stream, page) => store.read(stream, page),
    close: () => store.close(),
  });
