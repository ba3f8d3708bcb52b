import {
  Aggregate,
  AggregateRoot,
  bootstrap,
  Command,
  CommandHandler,
  Event,
  EventHandler,
  type EventStore,
  Module,
  Projection,
  type ProjectionContext,
} from 'eventuality';
import { InvalidMessageError, InvalidPayloadError } from 'eventuality/errors';
import { ProcessManager, Starts, send } from 'eventuality/processes';
import { z } from 'zod';
import { SILENT } from '../support/logger';
import { PLACES, type Place } from '../support/stores/places';
import { until } from '../support/waiting';

const loose = z.object({ id: z.string(), text: z.string() });
const strict = z.object({ id: z.string(), text: z.string().min(3) });

/** An application whose commands and events have a schema. */
function applicationWith(schema: typeof loose) {
  @Command('note.write', { schema })
  class Write {
    constructor(
      readonly id: string,
      readonly text: string,
    ) {}
  }

  /** Has no schema: what it says is up to its event. */
  @Command('note.say')
  class Say {
    constructor(
      readonly id: string,
      readonly text: string,
    ) {}
  }

  @Event('note.written', { schema })
  class Written {
    constructor(
      readonly id: string,
      readonly text: string,
    ) {}
  }

  @Event('note.asked')
  class Asked {
    constructor(
      readonly id: string,
      readonly text: string,
    ) {}
  }

  @Command('note.ask')
  class Ask {
    constructor(
      readonly id: string,
      readonly text: string,
    ) {}
  }

  @Aggregate('Note')
  class Note extends AggregateRoot<Written | Asked> {
    texts: string[] = [];

    @CommandHandler(Write, { creates: 'if-missing' })
    write({ id, text }: Write): Written {
      return new Written(id, text);
    }

    @CommandHandler(Say, { creates: 'if-missing' })
    say({ id, text }: Say): Written {
      return new Written(id, text);
    }

    @CommandHandler(Ask, { creates: 'if-missing' })
    ask({ id, text }: Ask): Asked {
      return new Asked(id, text);
    }

    @EventHandler(Written)
    written({ text }: Written): void {
      this.texts.push(text);
    }

    @EventHandler(Asked)
    asked(_: Asked): void {}
  }

  @Projection('notes')
  class Notes {
    @EventHandler(Written)
    written({ id, text }: Written, { documents }: ProjectionContext<{ id: string; text: string }>): void {
      documents.set(id, { id, text });
    }
  }

  @ProcessManager('writing', { correlate: event => event.aggregateId, sends: [Write], retry: { attempts: 1 } })
  class Writing {
    @Starts(Asked)
    asked({ id, text }: Asked) {
      return send(new Write(`${id}-copy`, text));
    }
  }

  @Module({ components: [Note, Notes, Writing] })
  class NoteModule {}

  const open = (eventStore: EventStore, follow = true, onError: (error: unknown) => unknown = () => undefined) =>
    bootstrap(NoteModule, { eventStore, follow, onError, scheduling: true, logger: SILENT });
  return { Write, Say, Ask, Note, Notes, open };
}

describe.each(PLACES)('schemas and what is stored, %s:', (_, make) => {
  let place: Place;
  let eventStore: EventStore;
  beforeEach(() => {
    place = make();
    eventStore = place.open();
  });
  afterEach(() => place.end());

  const namesStored = async () => (await eventStore.readAll()).map(({ name }) => name);

  it('an event that does not fit is not appended, and one that was stored before its schema is read as it is', async () => {
    const events = [{ name: 'note.written', schemaVersion: 1, payload: { id: 'a', text: '' } }];
    await eventStore.append([{ stream: { aggregateName: 'Note', aggregateId: 'a' }, expected: 0, events }]);
    const { open, Say, Note, Notes } = applicationWith(strict);
    const flow = await open(eventStore);
    await expect(flow.dispatch(new Say('a', ''))).rejects.toThrow(InvalidPayloadError);
    await flow.dispatch(new Say('b', 'milk'));

    expect(await namesStored()).toEqual(['note.written', 'note.written']);
    expect((await flow.repository(Note).load('a')).texts).toEqual(['']);
    await flow.processors.settled();
    expect(await flow.readModel(Notes).get('a')).toEqual({ id: 'a', text: '' });
    await flow.close();
  });

  it('a scheduled command is validated when it is scheduled, and again when it is carried out', async () => {
    const before = applicationWith(loose);
    const old = await before.open(eventStore, false);
    await old.schedule(new before.Write('a', 'no'), { in: 0, key: 'short' });
    await old.schedule(new before.Write('a', 'milk'), { in: 0, key: 'long' });
    await old.processors.close();

    const { open, Write } = applicationWith(strict);
    const failures: unknown[] = [];
    const flow = await open(eventStore, true, error => failures.push(error));
    await expect(flow.schedule(new Write('a', 'x'), { in: 0 })).rejects.toThrow(InvalidMessageError);
    const plain = { name: 'note.write', message: { id: 'a' } };
    await expect(flow.schedule(plain, { in: 0 })).rejects.toThrow(InvalidMessageError);
    const parked = async () => (await flow.processors.of('$schedule').status()).parked.map(({ sequence }) => sequence);
    await until(async () => (await parked()).length > 0 && (await namesStored()).length > 0);

    expect((await eventStore.readAll()).map(({ payload }) => payload)).toEqual([{ id: 'a', text: 'milk' }]);
    expect(await parked()).toEqual(['short']);
    expect(failures[0]).toBeInstanceOf(InvalidMessageError);
    await flow.close();
  });

  it('a command of a process is validated when it is decided: the input is parked, and nothing is sent', async () => {
    const { open, Ask } = applicationWith(strict);
    const flow = await open(eventStore);
    await flow.dispatch(new Ask('a', 'x'));
    await flow.processors.settled();

    const letters = await flow.processors.of('writing').deadLetters();
    expect(letters.map(({ error }) => error)).toEqual([
      expect.stringContaining("decisions[0].command: The command 'note.write' does not fit its schema: text: "),
    ]);
    expect(await namesStored()).toEqual(['note.asked']);
    await flow.close();
  });
});
