import { processStoreContract } from '../../../src/testing';
import { partOptions } from '../../support/stores/part-options';
import { TestSchema } from '../../support/stores/schema';

const schema = new TestSchema(__filename);
const { events: _, ...options } = partOptions(
  store => store.projections,
  () => schema.openApart({ maxConnections: 4 }),
  schema.openAgain,
);
const contract = processStoreContract(options);

test.each(contract.map(({ name, run }) => ({ name, run })))('$name', ({ run }) => run(), 20_000);
