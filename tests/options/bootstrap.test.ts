import {
  Aggregate,
  AggregateRoot,
  bootstrap,
  CommandHandler,
  defineProjection,
  EventHandler,
  Module,
  Projection,
} from 'eventuality';
import { any, Door, DoorModule, memory, Open, Opened, type Row, refused, starting } from './refusals';

const moduleOf = (options: unknown) => {
  class Faulty {}
  Module(any(options))(Faulty);
  return bootstrap(Faulty);
};
const doorWith = (options: unknown) => {
  class Faulty extends AggregateRoot {
    open() {}
  }
  Aggregate('Faulty', any(options))(Faulty);
  return moduleOf({ components: [Faulty] });
};
const handlerWith = (options: unknown) => {
  @Aggregate('Faulty')
  class Faulty extends AggregateRoot {
    @CommandHandler(Open, any(options))
    open() {}
  }
  return moduleOf({ components: [Faulty] });
};
const listWith = (options: unknown) => {
  @Projection('list', any(options))
  class List {
    @EventHandler(Opened)
    opened() {}
  }
  return moduleOf({ components: [List] });
};

const BOOTSTRAP: readonly Row[] = [
  ['null', () => bootstrap(DoorModule, any(null)), 'WIRING', ['the options are null; they must be an object.']],
  [
    'a promise of options',
    () => bootstrap(DoorModule, any(Promise.resolve({}))),
    'WIRING',
    [starting('the options are an object of the class Promise')],
  ],
  [
    'several faults, with those of the module',
    () => bootstrap(any(class Unmarked {}), any({ evenStore: memory(), clock: {}, middleware: [5] })),
    'WIRING',
    [
      'middleware[0] is 5; it must be a function.',
      starting('clock has no method now'),
      starting("'evenStore' is not an option. Did you mean 'eventStore'?"),
      starting('Unmarked is not a module.'),
    ],
  ],
  [
    'names from nowhere, and parts of the flow',
    () =>
      bootstrap(
        DoorModule,
        any({ names: 'decorator', retry: { atempts: 2 }, onListenerError: () => undefined, closeTimeout: -1 }),
      ),
    'WIRING',
    [
      starting("'atempts' is not an option of retry. Did you mean 'attempts'?"),
      'closeTimeout is -1; it must be milliseconds from 0, or Infinity.',
      "names is 'decorator'; it must be 'class' or 'explicit'.",
      starting("'onListenerError' is not an option."),
    ],
  ],
  [
    'a container that is none',
    () => bootstrap(DoorModule, any({ container: {} })),
    'WIRING',
    [starting('container is an object; it must be a container of tsyringe')],
  ],
  [
    'a projection that is null',
    () => bootstrap(DoorModule, any({ processors: [null] })),
    'WIRING',
    [starting('processors[0] is null')],
  ],
  [
    'a key of a module that is misspelt',
    () => moduleOf({ component: [Door] }),
    'WIRING',
    [starting("@Module of Faulty: 'component' is not an option. Did you mean 'components'?")],
  ],
  [
    'one component instead of a list',
    () => moduleOf({ components: Door, imports: DoorModule }),
    'WIRING',
    [
      '@Module of Faulty: imports is the function DoorModule; it must be a list of modules.',
      '@Module of Faulty: components is the function Door; it must be a list of classes and aggregate definitions.',
    ],
  ],
  [
    'a component that is a broken definition',
    () => moduleOf({ components: [{ name: '', commands: new Map(), evolve() {} }] }),
    'WIRING',
    expect.arrayContaining([starting("An aggregate definition of Faulty: name is ''")]) as never,
  ],
  [
    'a class that is undefined',
    () => moduleOf({ providers: [{ provide: 'a', useClass: undefined }] }),
    'WIRING',
    [
      starting(
        'The provider of a in Faulty: useClass is undefined (as when two files import each other); it must be a class.',
      ),
    ],
  ],
  [
    'a factory that is none',
    () => moduleOf({ providers: [{ provide: 'a', useFactory: 1, singelton: true }] }),
    'WIRING',
    [
      'The provider of a in Faulty: useFactory is 1; it must be a function.',
      starting("The provider of a in Faulty: 'singelton' is not an option. Did you mean 'singleton'?"),
    ],
  ],
  [
    'a value, and another token, which are not made',
    () =>
      moduleOf({
        providers: [
          { provide: 'a', useValue: 1, singleton: false },
          { provide: 'b', useToken: 7 },
        ],
      }),
    'WIRING',
    [
      starting("The provider of a in Faulty: 'singleton' is not an option."),
      'The provider of b in Faulty: useToken is 7; it must be a class, text or a symbol.',
    ],
  ],
  [
    'a rule of retries of a handler that is none',
    () => handlerWith({ retry: { attempts: '3' } }),
    'WIRING',
    ["Faulty.open: retry.attempts is '3'; it must be an integer from 1."],
  ],
  [
    'a way to create that there is none of',
    () => handlerWith({ creates: 'ifMissing' }),
    'WIRING',
    ["Faulty.open: creates is 'ifMissing'; it must be true, false or 'if-missing'."],
  ],
  [
    'a truth that is text',
    () => handlerWith({ creates: 'true' }),
    'WIRING',
    ["Faulty.open: creates is 'true'; it must be true, false or 'if-missing'."],
  ],
  [
    'a target that is text',
    () => handlerWith({ target: 'id' }),
    'WIRING',
    ["Faulty.open: target is 'id'; it must be a function."],
  ],
  [
    'no options of a handler',
    () => handlerWith(null),
    'WIRING',
    ['Faulty.open: the options are null; they must be an object.'],
  ],
  [
    'an id that is text',
    () => doorWith({ id: 'doorId', snapshots: {} }),
    'WIRING',
    [
      "Faulty: id is 'doorId'; it must be a function.",
      starting("Faulty: 'snapshots' is not an option. Did you mean 'snapshot'?"),
    ],
  ],
  [
    'a snapshot of a mistyped shape',
    () => doorWith({ snapshot: { every: 0, versoin: 2 } }),
    'WIRING',
    [
      'Faulty: snapshot.every is 0; it must be an integer from 1.',
      starting("Faulty: 'versoin' is not an option of snapshot. Did you mean 'version'?"),
    ],
  ],
  [
    'indexes that are misspelt',
    () => listWith({ indexs: ['by'], version: 2 ** 31 }),
    'WIRING',
    [
      'List: version is 2147483648; it must be an integer from 1 to 2147483647.',
      starting("List: 'indexs' is not an option. Did you mean 'indexes'?"),
    ],
  ],
  [
    'no options of a projection',
    () => listWith(null),
    'WIRING',
    ['List: the options are null; they must be an object.'],
  ],
  [
    'a rule of retries that is misspelt',
    () => listWith({ retry: { atempts: 2 } }),
    'WIRING',
    [starting("List: 'atempts' is not an option of retry. Did you mean 'attempts'?")],
  ],
  [
    'options of an aggregate on a handler elsewhere',
    () => {
      class Doors {
        @CommandHandler(Open, { creates: true })
        open() {}
      }
      return moduleOf({ components: [Doors] });
    },
    'WIRING',
    ['Doors.open has the option creates, which has no effect outside of an aggregate. Remove it.'],
  ],
  [
    'adjusted under another name',
    () => {
      const list = defineProjection({ name: 'list', on: { Opened: () => undefined } });
      return bootstrap(DoorModule, {
        processors: [list],
        adjustEventProcessor: definition => ({ ...definition, name: 'other' }),
      });
    },
    'WIRING',
    [
      "adjustEventProcessor returned a projection with the name 'other' for the projection 'list'; it must return one of the same kind, under the same name.",
    ],
  ],
  [
    'adjusted to nothing',
    () => {
      const list = defineProjection({ name: 'list', on: { Opened: () => undefined } });
      return bootstrap(DoorModule, { processors: [list], adjustEventProcessor: any(() => undefined) });
    },
    'WIRING',
    [starting("adjustEventProcessor returned undefined for the projection 'list'")],
  ],
];

refused('bootstrap', BOOTSTRAP);
