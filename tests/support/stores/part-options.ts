import type { EventStore } from '../../../src/store';

/** Options of the contract of a part of event stores, which is opened and closed with its store. */
export interface PartOptions<Part> {
  open(): Part;
  close(part: Part): Promise<void>;
  events(part: Part): EventStore;
  reopen?(part: Part): Part;
}

/** `again` opens another store on the data of one that is closed, where there is such a thing. */
export function partOptions<Store extends EventStore, Part extends object>(
  partOf: (store: Store) => Part,
  open: () => Store,
  again?: (closed: Store) => Store,
): PartOptions<Part> {
  const owners = new WeakMap<Part, Store>();
  const opened = (store: Store): Part => {
    owners.set(partOf(store), store);
    return partOf(store);
  };
  return {
    open: () => opened(open()),
    close: part => owners.get(part)!.close(),
    events: part => owners.get(part)!,
    ...(again && { reopen: part => opened(again(owners.get(part)!)) }),
  };
}
