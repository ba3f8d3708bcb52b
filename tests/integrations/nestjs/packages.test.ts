import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { builtDist } from '../../support/package';

const run = promisify(execFile);

/** Which packages the entry points of the built package load. */
async function loaded(...entries: string[]): Promise<string[]> {
  const dist = await builtDist();
  const script = `
    for (const entry of ${JSON.stringify(entries)}) require(${JSON.stringify(dist)} + entry);
    const names = Object.keys(require.cache).map(path => /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(path)?.[1]);
    console.log(JSON.stringify([...new Set(names.filter(Boolean))]));
  `;
  const { stdout } = await run(process.execPath, ['-e', script]);
  return JSON.parse(stdout);
}

test('the framework loads neither tsyringe nor Nest, and its Nest module no tsyringe', async () => {
  expect(await loaded('/index.js', '/processes.js', '/upcasting.js', '/values.js', '/testing/index.js')).toEqual([
    'reflect-metadata',
  ]);
  const nest = await loaded('/integrations/nestjs/index.js', '/integrations/nestjs/testing.js');
  expect(nest).toEqual(expect.arrayContaining(['@nestjs/common', '@nestjs/core', 'rxjs']));
  expect(nest).not.toContain('tsyringe');
  expect(await loaded('/tsyringe.js')).toContain('tsyringe');
});
