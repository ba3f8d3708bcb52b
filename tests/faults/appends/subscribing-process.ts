import { assignment, openAt, type Where } from '../../support/stores/where';

/** What the subscribing process is to do. */
export interface Subscribing {
  readonly where: Where;
  /** How many events it waits for. */
  readonly total: number;
}

/** A program that follows a store and prints the position and the id of each event until it has seen so many. */
async function main({ where, total }: Subscribing): Promise<void> {
  const store = openAt(where);
  let seen = 0;
  for await (const page of store.subscribe()) {
    for (const { position, id } of page) process.stdout.write(`${position} ${id}\n`);
    seen += page.length;
    if (seen >= total) break;
  }
  await store.close();
}

main(assignment<Subscribing>()).catch(error => {
  console.error(error);
  process.exitCode = 1;
});
