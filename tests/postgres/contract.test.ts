import { eventStoreContract } from '../../src/testing';
import { TestSchema } from '../support/stores/schema';

const schema = new TestSchema(__filename);

const contract = eventStoreContract({
  open: () => schema.openApart({ maxConnections: 4 }),
  reopen: schema.openAgain,
  openAgain: schema.openAgain,
  restores: true,
  commands: true,
});

test.each(contract.map(({ name, run }) => ({ name, run })))('$name', ({ run }) => run(), 20_000);
