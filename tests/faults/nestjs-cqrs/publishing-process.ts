import { setTimeout as sleep } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Command, CommandHandler, CqrsModule, EventBus, EventsHandler, ofType, Saga } from '@nestjs/cqrs';
import { map, type Observable } from 'rxjs';
import { Durable, EventualityCqrsModule } from '../../../src/integrations/nestjs/cqrs';
import { SILENT } from '../../support/logger';
import { assignment, openAt, type Where } from '../../support/stores/where';

/** What the publishing process is to do. */
export interface Publishing {
  readonly where: Where;
  /** With @nestjs/cqrs alone: nothing is stored. */
  readonly alone: boolean;
  /** What the names of its events begin with. */
  readonly name: string;
  /** The pause between two events, in milliseconds; without it nothing is published. */
  readonly pace?: number;
}

/** How long a handler takes until its effect, in milliseconds. */
const HANDLING_MS = 2;

// What was written to a pipe is there, even if the process is killed right afterwards.
const say = (line: string): void => void process.stdout.write(`${line}\n`);

class Happened {
  constructor(readonly id: string) {}
}

class Follow extends Command<void> {
  constructor(readonly id: string) {
    super();
  }
}

@EventsHandler(Happened)
@Durable({ segments: 4 })
class Noting {
  async handle({ id }: Happened): Promise<void> {
    await sleep(HANDLING_MS);
    say(`handled ${id}`);
  }
}

class Following {
  @Saga()
  @Durable({ segments: 4 })
  follow = (events: Observable<any>): Observable<Follow> =>
    events.pipe(
      ofType(Happened),
      map(({ id }) => new Follow(id)),
    );
}

@CommandHandler(Follow)
class Follower {
  async execute({ id }: Follow): Promise<void> {
    await sleep(HANDLING_MS);
    say(`followed ${id}`);
  }
}

const providers = [Noting, Following, Follower];

/**
 * A Nest application that publishes events until it is told to end. It prints `ready` when it can be told so,
 * `published <id>` when that is acknowledged, and `handled <id>` and `followed <id>` for the effects of its handler and
 * its saga.
 */
async function main({ where, alone, name, pace }: Publishing): Promise<void> {
  const stored = alone ? [] : [EventualityCqrsModule.forRoot({ eventStore: openAt(where), logger: SILENT })];
  class Application {}
  Module({ imports: [CqrsModule.forRoot(), ...stored], providers })(Application);
  const application = await NestFactory.createApplicationContext(Application, { logger: false });
  let ending = false;
  process.once('SIGTERM', () => {
    ending = true;
    if (pace === undefined) void application.close();
  });
  say('ready');
  if (pace === undefined) return;
  const bus = application.get(EventBus);
  for (let count = 1; !ending; count++) {
    await bus.publish(new Happened(`${name}-${count}`));
    say(`published ${name}-${count}`);
    await sleep(pace);
  }
  await application.close();
}

main(assignment<Publishing>()).catch(error => {
  console.error(error);
  process.exitCode = 1;
});
