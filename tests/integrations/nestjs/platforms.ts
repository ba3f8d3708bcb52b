import type { INestApplication, NestApplicationOptions } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { TestingModule } from '@nestjs/testing';

/** What answers requests in a Nest application. */
export type Platform = () => AbstractHttpAdapter;

/** Rows for `describe.each`. */
export const PLATFORMS: readonly (readonly [name: string, platform: Platform])[] = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
];

/** Starts the server of an application on a free port. */
export async function listening(
  module: TestingModule,
  platform: Platform,
  options?: NestApplicationOptions,
): Promise<INestApplication> {
  const nest = module.createNestApplication(platform(), options);
  await nest.listen(0, '127.0.0.1');
  return nest;
}
