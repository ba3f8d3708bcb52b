import { sqlite } from '../../src/sqlite';

/** A program that follows a file and prints the position and the id of each event until it has seen so many: `<file> <how many>`. */
async function main([file, total]: string[]): Promise<void> {
  const store = sqlite(file!);
  let seen = 0;
  for await (const page of store.subscribe()) {
    for (const { position, id } of page) process.stdout.write(`${position} ${id}\n`);
    seen += page.length;
    if (seen >= Number(total)) break;
  }
  await store.close();
}

main(process.argv.slice(2)).catch(error => {
  console.error(error);
  process.exitCode = 1;
});
