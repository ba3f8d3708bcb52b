/** Runs the sample: `npm run nestjs`. Builds the package first where its sources have changed since it was built. */
import { build, isBuilt } from './build';

if (isBuilt() || build()) require('../samples/nestjs/main');
else process.exitCode = 1;
