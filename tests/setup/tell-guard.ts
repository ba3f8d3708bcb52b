import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Says which test file this process runs, so that `jest-guard.js` can end it when it blocks. */
const folder = process.env.EVENTUALITY_JEST_GUARD;
if (folder) writeFileSync(join(folder, `${process.pid}`), expect.getState().testPath!);
