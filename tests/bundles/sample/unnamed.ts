import { Aggregate, AggregateRoot, bootstrap, CommandHandler, EventHandler, Module } from 'eventuality';
import { Created as ProductCreated } from './products';
import { Created as UserCreated } from './users';

// An application that leaves the names of its messages to their classes.
class CreateUser {
  constructor(readonly id: string) {}
}

class CreateProduct {
  constructor(readonly id: string) {}
}

class Named {
  static readonly first = new Named();
}

@Aggregate('User')
class User extends AggregateRoot<UserCreated> {
  @CommandHandler(CreateUser, { creates: true })
  create({ id }: CreateUser) {
    return new UserCreated(id);
  }

  @EventHandler(UserCreated)
  created() {}
}

@Aggregate('Product')
class Product extends AggregateRoot<ProductCreated> {
  @CommandHandler(CreateProduct, { creates: true })
  create({ id }: CreateProduct) {
    return new ProductCreated(id);
  }

  @EventHandler(ProductCreated)
  created() {}
}

class Listener {
  @EventHandler(Named)
  named() {}
}

@Module({ components: [User, Product, Listener] })
class Application {}

const report = (error: { faults?: readonly string[]; code?: string }) =>
  console.log(JSON.stringify({ faults: error.faults ?? [], code: error.code }));

bootstrap(Application, process.env.NAMES ? { names: 'explicit' } : {})
  .then(async flow => {
    await flow.dispatch(new CreateUser('a'));
    const names = (await flow.eventStore.readAll()).map(({ name }) => name);
    await flow.close();
    console.log(JSON.stringify({ names }));
  })
  .catch(report);
