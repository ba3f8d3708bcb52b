/** Runs the sample: `npm run ordering`. Builds the package first where its sources have changed since it was built. */
import { build, isBuilt } from './build';

/** The server of the tests, loaded only where it is needed. */
const startServer = () =>
  (
    require('../tests/support/stores/test-server') as typeof import('../tests/support/stores/test-server')
  ).TestServer.start();

if (isBuilt() || build()) require('../samples/ordering/main').main(startServer);
else process.exitCode = 1;
