import type { EventStore } from '../../store';

/** What `eventStoreContract` needs to know about a store. */
export interface EventStoreContractOptions {
  /** Returns a new store without events; called once for each case. */
  open(): EventStore | Promise<EventStore>;
  /**
   * Returns a store on the data of the one given, which the suite has closed before. Give it when the events outlive
   * the store: it adds the cases about durability.
   */
  reopen?(closed: EventStore): EventStore | Promise<EventStore>;
  /**
   * Returns another store on the data of the one given, which stays open, as a second process would have it.
   * Give it when several may use the same data: it adds the cases about that.
   */
  openAgain?(open: EventStore): EventStore | Promise<EventStore>;
  /** Whether the store has `restore`: it adds the cases about that. Default false. */
  readonly restores?: boolean;
  /** Whether the store has `commands`: it adds the cases about them. Default false. */
  readonly commands?: boolean;
  /**
   * How long a case waits for something to happen by itself, such as the next page of a subscription, in milliseconds;
   * default 5,000.
   */
  readonly timeout?: number;
}

/** What a check works with: a new store, and what the options offer. */
export interface Scene {
  readonly store: EventStore;
  /** Waits for something to happen by itself; fails, naming it, if it does not happen in time. */
  soon<T>(awaited: Promise<T>, what: string): Promise<T>;
  /** Closes the store and opens one on the same data. */
  reopened(): Promise<EventStore>;
  /** Opens a second store on the same data. */
  another(): Promise<EventStore>;
}

/** Checks of one theme: a sentence that must be true of every store, and the function that checks it. */
export type Checks = Readonly<Record<string, (scene: Scene) => Promise<void>>>;

/** Runs one check on a new store and closes every store that it opened. */
export async function play(check: (scene: Scene) => Promise<void>, options: EventStoreContractOptions): Promise<void> {
  const opened: EventStore[] = [];
  const opening = async (open: () => EventStore | Promise<EventStore>): Promise<EventStore> => {
    const store = await open();
    opened.push(store);
    return store;
  };
  const soon = <T>(awaited: Promise<T>, what: string): Promise<T> => inTime(awaited, what, options.timeout ?? 5000);
  const store = await opening(() => options.open());
  try {
    await check({
      store,
      soon,
      another: () => opening(() => options.openAgain!(store)),
      reopened: async () => {
        await store.close();
        return opening(() => options.reopen!(store));
      },
    });
  } finally {
    await soon(Promise.all(opened.map(each => each.close())), 'close() resolves');
  }
}

async function inTime<T>(awaited: Promise<T>, what: string, timeout: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited ${timeout} ms in vain: ${what}`)), timeout);
  });
  try {
    return await Promise.race([awaited, late]);
  } finally {
    clearTimeout(timer);
  }
}
