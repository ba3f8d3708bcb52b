// Bootstraps 1,000 command handlers with @nestjs/cqrs (an aggregate needs no registration there), and dispatches one command.
import 'reflect-metadata';
import { performance } from 'node:perf_hooks';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus, CommandHandler, CqrsModule } from '@nestjs/cqrs';
import { decorateClass } from '../decorate.js';
import { AGGREGATES, HANDLERS, named } from './size.js';

let handled = 0;

function handler(index) {
  const command = named(`Command${index}`, class {});
  const type = named(`Handler${index}`, class {});
  type.prototype.execute = async () => handled++;
  decorateClass(type, CommandHandler(command));
  return { type, command };
}

const start = performance.now();
const handlers = Array.from({ length: AGGREGATES * HANDLERS }, (_, index) => handler(index));
class AppModule {}
decorateClass(AppModule, Module({ imports: [CqrsModule.forRoot()], providers: handlers.map(({ type }) => type) }));
const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
const milliseconds = performance.now() - start;
const Last = handlers.at(-1).command;
await app.get(CommandBus).execute(new Last());
console.log(JSON.stringify({ milliseconds, handled }));
