import { type CommandJournal, type EventStore, InMemoryEventStore } from '../../src/store';
import { type EventStoreContractOptions, eventStoreContract } from '../../src/testing';

/** Breaks one thing of a sound store, and names a case that must notice it. */
export interface Break {
  readonly noticedBy: string;
  readonly parts: (sound: EventStore) => Partial<EventStore>;
}

/** All methods of a journal, to replace one of them. */
export const commandsOf = ({ commands }: EventStore): CommandJournal => ({
  claim: claim => commands!.claim(claim),
  renew: (claim, lease) => commands!.renew(claim, lease),
  complete: (claim, result) => commands!.complete(claim, result),
  release: claim => commands!.release(claim),
});

/** A store with one thing broken. */
export function broken({ parts }: Break): EventStoreContractOptions {
  const open = (): EventStore => {
    const sound = new InMemoryEventStore();
    return {
      append: (appends, options) => sound.append(appends, options),
      read: (stream, page) => sound.read(stream, page),
      readAll: page => sound.readAll(page),
      subscribe: options => sound.subscribe(options),
      close: () => sound.close(),
      restore: events => sound.restore!(events),
      commands: commandsOf(sound),
      ...parts(sound),
    };
  };
  return { open, timeout: 500, restores: true, commands: true };
}

/** Runs the contract and returns the cases that fail. */
export async function failures(options: EventStoreContractOptions): Promise<string[]> {
  const cases = eventStoreContract(options);
  const results = await Promise.allSettled(cases.map(({ run }) => run()));
  return cases.filter((_, index) => results[index]!.status === 'rejected').map(({ name }) => name);
}
