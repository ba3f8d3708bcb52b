import 'reflect-metadata';
import {
  Aggregate,
  AggregateRoot,
  type BootstrapOptions,
  bootstrap,
  Command,
  CommandHandler,
  Event,
  EventHandler,
  Module,
  type ModuleOptions,
  Query,
  QueryHandler,
} from 'eventuality';

async function faultsOf(
  components: ModuleOptions['components'],
  options: BootstrapOptions = {},
): Promise<readonly string[]> {
  @Module({ components: components! })
  class TestModule {}
  const result = await bootstrap(TestModule, options).catch(error => error);
  if (result.faults) return result.faults;
  await result.close();
  return [];
}

class Open {
  constructor(readonly id: string) {}
}
class Opened {}
class Count extends Query<number> {}
@Command('Shut')
class Close {
  constructor(readonly id: string) {}
}
@Event('Shut')
class Closed {}

@Aggregate('Door')
class Door extends AggregateRoot<Opened | Closed> {
  @CommandHandler(Open, { creates: true })
  open() {
    return new Opened();
  }

  @CommandHandler(Close)
  close() {
    return new Closed();
  }

  @EventHandler(Opened)
  opened() {}

  @EventHandler(Closed)
  closed() {}
}

class Watch {
  @EventHandler(Opened)
  opened() {}

  @QueryHandler(Count)
  count() {
    return 0;
  }
}

test("names: 'explicit' refuses each command and event that takes its name from its class, and says who handles it", async () => {
  expect(await faultsOf([Door, Watch], { names: 'explicit' })).toEqual([
    "The command class Open, which Door handles, has no durable name. Add one: @Command('Open').",
    "The event class Opened, which Door and Watch handle, has no durable name. Add one: @Event('Opened').",
  ]);
  expect(await faultsOf([Door, Watch])).toEqual([]);
});

test('a class with a number is refused beside one without, unless its decorator says the name', async () => {
  class Opened2 {}
  class Late {
    @EventHandler(Opened2)
    opened() {}
  }
  @Event('Opened3')
  class Opened3 {}
  class Later {
    @EventHandler(Opened3)
    opened() {}
  }
  class Closed2 {}
  class Alone {
    @EventHandler(Closed2)
    closed() {}
  }
  expect(await faultsOf([Door, Late])).toEqual([
    expect.stringMatching(
      /^The event class Opened2, which Late handles, has a name that will change: there is a class Opened, and a bundler/,
    ),
  ]);
  expect(await faultsOf([Door, Later])).toEqual([]);
  expect(await faultsOf([Alone])).toEqual([]);
});
