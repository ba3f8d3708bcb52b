// A further process of an application: follows with so many projections until its parent lets it go.
import * as all from '../../../dist/index.js';
import { projections } from '../many-processors.js';

const { adapter, file, url, schema, ...options } = JSON.parse(process.argv[2]);
const { default: adapters } = await import(`../../../dist/adapters/${adapter}/index.js`);
const eventStore = adapter === 'sqlite' ? adapters.sqlite(file) : adapters.postgres({ connectionString: url, schema });
const flow = new all.Flow({ eventStore, processors: projections(all, options) });
await flow.processors.ready();
process.on('disconnect', () => process.exit(0));
process.send('ready');
