import 'reflect-metadata';
import {
  Aggregate,
  AggregateRoot,
  bootstrap,
  CommandHandler,
  Event,
  EventHandler,
  InjectReadModel,
  InjectRepository,
  InMemoryEventStore,
  Module,
  Projection,
  Repository,
} from 'eventuality';
import { inject, injectable } from 'tsyringe';
import type { AggregateClass } from '../../src/model';
import { Account, AccountOpened } from '../domain/accounts';

class Mailer {
  send() {}
}
interface Clock {
  now(): Date;
}
class Sent {
  constructor(readonly id: string) {}
}
@Event('Mailed')
class Mailed {}

@Projection('balances')
class Balances {
  @EventHandler(AccountOpened)
  opened() {}
}

/** Returns the faults with which both `bootstrap` and a repository refuse a class. */
async function faultsOf(type: AggregateClass): Promise<readonly string[]> {
  @Module({ components: [Account, Balances, type] })
  class TestModule {}
  const [wiring, invalid] = await Promise.all([
    bootstrap(TestModule).catch(error => error),
    (async () => new Repository(type, new InMemoryEventStore()))().catch(error => error),
  ]);
  expect(wiring).toMatchObject({ code: 'WIRING' });
  expect(invalid).toMatchObject({ code: 'INVALID_AGGREGATE', faults: wiring.faults });
  return wiring.faults;
}

const MADE_OF_ID = 'aggregates are created from their id alone';
const HANDLER_CLASS =
  'give the command to a handler class, whose constructor takes the service and @InjectRepository(Letter)';

describe('a service in the constructor of an aggregate is a fault', () => {
  test('as the only parameter: the field would hold the id', async () => {
    @Aggregate('Letter')
    class Letter extends AggregateRoot<Mailed> {
      constructor(private readonly mailer: Mailer) {
        super();
      }

      @CommandHandler(Sent, { creates: true })
      send() {
        this.mailer.send();
        return new Mailed();
      }
    }
    expect(await faultsOf(Letter)).toEqual([
      `Letter: the first constructor parameter 'mailer' is of the class Mailer, but ${MADE_OF_ID}. For a service ${HANDLER_CLASS}; ` +
        'a first parameter is the id, which is handed on: constructor(id: string) { super(id); }.',
    ]);
  });

  test('behind the id: it would be undefined', async () => {
    @Aggregate('Letter')
    class Letter extends AggregateRoot<Mailed> {
      constructor(
        id: string,
        readonly mailer: Mailer,
        readonly sender: string,
      ) {
        super(id);
      }
    }
    expect(await faultsOf(Letter)).toEqual([
      `Letter: the second constructor parameter 'mailer' would be undefined, as ${MADE_OF_ID}. For a service ${HANDLER_CLASS}; ` +
        'for anything else give the parameter a default value.',
      expect.stringContaining("the third constructor parameter 'sender' would be undefined"),
    ]);
  });

  test('by a token, a repository, or a read model, even with a default value', async () => {
    @Aggregate('Letter')
    class Letter extends AggregateRoot<Mailed> {
      constructor(
        id: string,
        @inject('mailer') readonly mailer: Mailer = new Mailer(),
        @InjectRepository(Account) readonly accounts?: Repository<Account>,
        @InjectReadModel(Balances) readonly balances: unknown = undefined,
      ) {
        super(id);
      }
    }
    expect(await faultsOf(Letter)).toEqual([
      `Letter: the second constructor parameter 'mailer' is to be injected, but ${MADE_OF_ID}. For a service ${HANDLER_CLASS}.`,
      expect.stringContaining("the third constructor parameter 'accounts' is to be injected"),
      expect.stringContaining("the fourth constructor parameter 'balances' is to be injected"),
    ]);
  });

  test('of an interface type, which does not hand anything on to AggregateRoot', async () => {
    @Aggregate('Letter')
    class Letter extends AggregateRoot<Mailed> {
      constructor(readonly clock: Clock) {
        super();
      }
    }
    expect(await faultsOf(Letter)).toEqual([
      expect.stringContaining("the first constructor parameter 'clock' is not handed on as the id"),
    ]);
  });

  test('with @injectable(), or where a parent has it', async () => {
    @injectable()
    class Posted extends AggregateRoot<Mailed> {
      constructor(readonly mailer: Mailer) {
        super();
      }
    }
    @Aggregate('Letter')
    class Letter extends Posted {
      open = false;

      @EventHandler(Mailed)
      mailed() {
        this.open = true;
      }
    }
    expect(await faultsOf(Letter)).toEqual([
      expect.stringMatching(
        /^Letter: the first constructor parameter 'mailer' of its parent Posted is of the class Mailer, but/,
      ),
    ]);
  });
});

test('what an aggregate can be made with from its id alone is no fault', async () => {
  @Aggregate('ById')
  class ById extends AggregateRoot {
    constructor(id: string) {
      super(id);
    }
  }
  @Aggregate('ByChoice')
  class ByChoice extends AggregateRoot {
    constructor(
      id = '',
      readonly tags: readonly string[] = [],
      readonly mailer = new Mailer(),
    ) {
      super(id);
    }
  }
  @Aggregate('Kept')
  class Kept extends AggregateRoot {
    constructor(readonly isbn: string) {
      super();
    }
  }
  @Aggregate('Branded')
  class Branded extends AggregateRoot {
    constructor(readonly letterId: string & { readonly brand: 'letter' }) {
      super();
    }
  }
  class Posted extends AggregateRoot {
    constructor(
      id: string,
      readonly mailer: Mailer,
    ) {
      super(id);
    }
  }
  @Aggregate('Letter')
  class Letter extends Posted {
    constructor(id: string) {
      super(id, new Mailer());
    }
  }
  @Aggregate('Fixed')
  class Fixed extends Posted {
    constructor() {
      super('', new Mailer());
    }
  }
  const components = [ById, ByChoice, Kept, Branded, Letter, Fixed];
  @Module({ components })
  class TestModule {}
  const flow = await bootstrap(TestModule);
  for (const type of components)
    expect(flow.repository<unknown>(type).definition.initialState('a')).toBeInstanceOf(type);
  await flow.close();
});
