/** How the stores of a contract are opened and closed, where the port has no `close` itself. */
export interface StoreLifetime<Store> {
  open(): Store | Promise<Store>;
  close?(store: Store): void | Promise<void>;
  reopen?(closed: Store): Store | Promise<Store>;
}

/** Opens a store for one check, which may reopen it, and closes what is open at the end. */
export async function withStore<Store>(
  { open, close, reopen }: StoreLifetime<Store>,
  check: (store: Store, reopened: () => Promise<Store>) => Promise<void>,
): Promise<void> {
  let opened: Store | undefined;
  async function closeIt(): Promise<Store> {
    const store = opened!;
    opened = undefined;
    await close?.(store);
    return store;
  }
  const first = await open();
  opened = first;
  try {
    await check(first, async () => {
      const closed = await closeIt();
      opened = await reopen!(closed);
      return opened;
    });
  } finally {
    if (opened !== undefined) await closeIt();
  }
}
