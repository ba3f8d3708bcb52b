import { aBoolean, aDelay, aFunction, needed, type OptionChecks, refuseOptions } from '../../messages';
import { appending } from './appends/appending';
import { expecting } from './appends/expecting';
import { hostileAppends } from './appends/hostile-appends';
import { hostileNames } from './appends/hostile-names';
import { marks } from './appends/marks';
import { payloads } from './appends/payloads';
import { racing } from './appends/racing';
import { repeating } from './appends/repeating';
import { closing } from './closing';
import { commandsDurably, commandsShared } from './commands/carrying-on';
import { carryingOut } from './commands/carrying-out';
import { claiming } from './commands/claiming';
import { direct } from './direct';
import { durability } from './durability';
import { reading } from './reading';
import { restoring, restoringDurably, restoringShared } from './restoring';
import { type Checks, type EventStoreContractOptions, play } from './scene';
import { selecting } from './selecting';
import { sharing } from './sharing';
import { subscribing } from './subscribing';

export type { EventStoreContractOptions } from './scene';

/** One promise of the `EventStore` port, as a test for any test runner. */
export interface ContractCase {
  /** A sentence that starts with a verb: "refuses an append when the stream has moved on". */
  readonly name: string;
  /** Opens a store, tries it, closes it. Rejects with what is wrong when the promise is not kept. */
  run(): Promise<void>;
}

const OPTIONS: OptionChecks<EventStoreContractOptions> = {
  open: needed(aFunction),
  reopen: aFunction,
  openAgain: aFunction,
  restores: aBoolean,
  commands: aBoolean,
  timeout: aDelay,
};

/**
 * Returns the cases that every `EventStore` must pass, for the test runner of your choice.
 *
 * The cases are independent of each other, in order and in data: each opens stores of its own and closes them. None
 * takes longer than a few seconds on a slow machine. `reopen` adds cases about durability, `openAgain` cases about
 * several stores on the same data, `restores` cases about `restore`, and `commands` cases about commands. The names of
 * the cases are unique.
 *
 * @example
 * for (const { name, run } of eventStoreContract({ open: () => new MyEventStore() })) test(name, run);
 *
 * @example
 * const files = new WeakMap<EventStore, string>();
 * const open = (file = temporaryFile()) => {
 *   const store = new MyEventStore(file);
 *   files.set(store, file);
 *   return store;
 * };
 * const again = (store: EventStore) => open(files.get(store));
 * for (const { name, run } of eventStoreContract({ open, reopen: again, openAgain: again })) test(name, run);
 */
export function eventStoreContract(options: EventStoreContractOptions): readonly ContractCase[] {
  refuseOptions('eventStoreContract', options ?? null, OPTIONS);
  const themes: Checks[] = [
    appending,
    expecting,
    repeating,
    payloads,
    marks,
    hostileNames,
    hostileAppends,
    reading,
    selecting,
    subscribing,
    racing,
    direct,
    closing,
  ];
  if (options.reopen) themes.push(durability);
  if (options.openAgain) themes.push(sharing);
  if (options.restores) themes.push(restoring);
  if (options.restores && options.reopen) themes.push(restoringDurably);
  if (options.restores && options.openAgain) themes.push(restoringShared);
  if (options.commands) themes.push(claiming, carryingOut);
  if (options.commands && options.reopen) themes.push(commandsDurably);
  if (options.commands && options.openAgain) themes.push(commandsShared);
  return themes
    .flatMap(checks => Object.entries(checks))
    .map(([name, check]) => ({ name, run: () => play(check, options) }));
}
