import { setTimeout as sleep } from 'node:timers/promises';
import { Module, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Where } from '../../support/stores/where';

/** What a Nest application that may be killed is to do. */
export interface Working {
  readonly where: Where;
  /** Without Eventuality, or without its bridge: the control. */
  readonly alone: boolean;
  /** What the ids of its events begin with. */
  readonly name: string;
  /** The pause between two events, in milliseconds; without it the application only handles those of others. */
  readonly pace?: number;
}

/** How long a handler takes until its effect: longer than the time between two events, so that each kill meets one. */
const HANDLING_MS = 40;

// What was written to a pipe is there, even if the process is killed right afterwards.
export const say = (line: string): void => void process.stdout.write(`${line}\n`);

export const handling = (): Promise<void> => sleep(HANDLING_MS);

/** Has an effect after a while: a line with the id of the event. */
export async function effect(what: string, id: string): Promise<void> {
  await handling();
  say(`${what} ${id}`);
}

/** What an application does for an event with this id; resolves when that is acknowledged. */
export type Act = (id: string) => Promise<unknown>;

/**
 * Runs a Nest application until it is told to end. It prints `ready` when it can be told so, and `acknowledged <id>` for
 * each event that it has acted for.
 * @param acting returns what the application does, when it has started
 */
export async function work(
  metadata: ModuleMetadata,
  { name, pace }: Working,
  acting: (get: <T>(token: new (...args: any[]) => T) => T) => Act,
): Promise<void> {
  class Application {}
  Module(metadata)(Application);
  const application = await NestFactory.createApplicationContext(Application, { logger: false });
  let ending = false;
  process.once('SIGTERM', () => {
    ending = true;
    if (pace === undefined) void application.close();
  });
  say('ready');
  if (pace === undefined) return;
  const act = acting(token => application.get(token));
  for (let count = 1; !ending; count++) {
    const id = `${name}-${count}`;
    await act(id);
    say(`acknowledged ${id}`);
    await sleep(pace);
  }
  await application.close();
}

/** Ends the process with an error. */
export function failed(error: unknown): void {
  console.error(error);
  process.exitCode = 1;
}
