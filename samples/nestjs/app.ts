import { ConsoleLogger, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { EventStore } from 'eventuality';
import { AppModule } from './app.module';
import { serveOpenApi } from './open-api';

/**
 * Starts the shop. @param port 0 for one that is free
 * @throws what keeps it from that; then nothing is left open
 */
export async function startShop(eventStore: EventStore, port: number): Promise<INestApplication> {
  // What keeps it from starting is thrown, so it is not logged as well.
  const app = await NestFactory.create(AppModule.on(eventStore), { logger: false, abortOnError: false });
  try {
    serveOpenApi(app);
    await app.listen(port, '127.0.0.1');
  } catch (error) {
    await app.close();
    throw error;
  }
  app.useLogger(new ConsoleLogger({ logLevels: ['error', 'warn'] }));
  return app;
}
