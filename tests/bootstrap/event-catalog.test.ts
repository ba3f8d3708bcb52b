import {
  Aggregate,
  AggregateRoot,
  CommandHandler,
  defineAggregate,
  defineEvent,
  Event,
  EventHandler,
  eventCatalog,
  Module,
  Projection,
} from 'eventuality';
import { ProcessManager, Starts } from 'eventuality/processes';
import { as, Upcaster } from 'eventuality/upcasting';

class Open {
  constructor(readonly id: string) {}
}
@Event('opened', { version: 2, upcast: { 1: data => data } })
class Opened {}
class Moved {}
class Paid {}
class Heard {}
class Declared {}
class Renamed {}
const defined = defineEvent('defined');

@Aggregate('Door', { events: [Declared] })
class Door extends AggregateRoot<Opened> {
  @CommandHandler(Open, { creates: true }) open() {
    return new Opened();
  }
  @EventHandler(Opened) opened() {}
}
@Projection('Moves', { version: 1 })
class Moves {
  constructor() {
    throw new Error('nothing is created');
  }
  @EventHandler(Moved) moved() {}
}
@ProcessManager('Payments', { correlate: ({ aggregateId }) => aggregateId })
class Payments {
  @Starts(Paid) paid() {}
}
class Listener {
  @EventHandler(Heard) heard() {}
}
class Earlier {
  @Upcaster('old', { from: 1, to: Renamed }) renamed(data: object) {
    return as(Renamed, 1, data);
  }
}
@Module({ components: [Door, Payments] })
class Doors {}
@Module({ imports: [Doors], components: [Moves, Listener, Earlier, defined] })
class App {}

test('the events of a module are those of all its components, and nothing is created', () => {
  const { events, upcasters, reader, faults } = eventCatalog({ module: App });
  expect(events.map(({ name, schemaVersion }) => `${name} ${schemaVersion}`)).toEqual([
    ...['Declared 1', 'Heard 1', 'Moved 1', 'Paid 1', 'Renamed 1', 'defined 1', 'opened 2'],
  ]);
  expect(upcasters).toEqual([{ name: 'old', from: 1, to: ['Renamed'] }]);
  expect([reader!.knows('old'), faults]).toEqual([true, []]);
});

test('without modules they are those of aggregates, also by name, and those given', () => {
  const door = defineAggregate({ name: 'Door', state: {}, on: { Slammed: state => state } });
  const { events, samples } = eventCatalog({
    aggregates: [door],
    events: [defined],
    samples: [defined('1', { a: 1 })],
  });
  expect(events.map(({ name }) => name)).toEqual(['Slammed', 'defined']);
  expect(samples).toEqual([{ name: 'defined', version: 1, payload: { a: 1 } }]);
});

test('what cannot be read is listed', () => {
  // The compiler refuses a missing step; JavaScript does not.
  const gap = defineEvent('gap', { version: 2, upcast: {} } as any);
  const { reader, faults } = eventCatalog({ events: [gap] });
  expect(reader).toBeUndefined();
  expect(faults).toEqual([expect.stringContaining("'gap' has version 2, and nothing leads on from version 1.")]);
});

test.each<[string, unknown, string]>([
  ['nothing', {}, 'it names no events: give a module, or aggregates, or events.'],
  ['an unknown key', { module: App, stores: 1 }, "'stores'"],
  ['no events', { events: [1] }, 'events[0] is 1'],
  ['no samples', { module: App, samples: ['a'] }, "samples[0] is 'a'"],
  ['a module that is none', { module: Listener }, 'Listener is not a module.'],
])('a config is refused: %s', (_, config, message) => {
  // What the types of a config do not allow, a config in JavaScript may have.
  expect(() => eventCatalog(config as any)).toThrow(message);
});
