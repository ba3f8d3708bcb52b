// NestJS and what eventuality has for it, on one copy of NestJS: that of the benchmarks. The build would find that of the project.
import Module, { createRequire } from 'node:module';
import { versions as ownVersions } from '../eventuality.js';
import { versions as nestVersions } from '../nest.js';

export const versions = async () => ({ ...(await ownVersions()), ...(await nestVersions()) });

export async function packages() {
  await import('reflect-metadata');
  const { resolve } = createRequire(import.meta.url);
  const byDefault = Module._resolveFilename;
  const here = { filename: import.meta.filename, paths: resolve.paths('@nestjs/core') };
  Module._resolveFilename = function (name, parent, ...rest) {
    return byDefault.call(this, name, name.startsWith('@nestjs/') ? here : parent, ...rest);
  };
  return {
    nest: { ...(await import('@nestjs/common')), ...(await import('@nestjs/core')) },
    cqrs: await import('@nestjs/cqrs'),
    all: await import('../../../dist/index.js'),
    ...(await import('../../../dist/integrations/nestjs/index.js')),
    ...(await import('../../../dist/integrations/nestjs/cqrs/index.js')),
  };
}

/** Starts an application without HTTP. */
export function started({ NestFactory, Module }, options) {
  class AppModule {}
  Module(options)(AppModule);
  return NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
}
