import { Command, CommandHandler, CqrsModule, EventBus, EventsHandler, ofType, Saga } from '@nestjs/cqrs';
import { map, type Observable } from 'rxjs';
import { Durable, EventualityCqrsModule } from '../../../src/integrations/nestjs/cqrs';
import { SILENT } from '../../support/logger';
import { assignment, openAt } from '../../support/stores/where';
import { effect, failed, type Working, work } from './working';

class Happened {
  constructor(readonly id: string) {}
}

class Follow extends Command<void> {
  constructor(readonly id: string) {
    super();
  }
}

@EventsHandler(Happened)
@Durable({ segments: 16 })
class Noting {
  handle({ id }: Happened): Promise<void> {
    return effect('handled', id);
  }
}

class Following {
  @Saga()
  @Durable({ segments: 16 })
  follow = (events: Observable<any>): Observable<Follow> =>
    events.pipe(
      ofType(Happened),
      map(({ id }) => new Follow(id)),
    );
}

@CommandHandler(Follow)
class Follower {
  execute({ id }: Follow): Promise<void> {
    return effect('followed', id);
  }
}

/**
 * A Nest application that publishes events until it is told to end. It prints `handled <id>` and `followed <id>` for the
 * effects of its handler and its saga.
 */
async function main(working: Working): Promise<void> {
  const { where, alone } = working;
  const stored = alone ? [] : [EventualityCqrsModule.forRoot({ eventStore: openAt(where), logger: SILENT })];
  const imports = [CqrsModule.forRoot(), ...stored];
  await work({ imports, providers: [Noting, Following, Follower] }, working, get => {
    const bus = get(EventBus);
    return async id => bus.publish(new Happened(id));
  });
}

main(assignment<Working>()).catch(failed);
