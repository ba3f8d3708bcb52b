import { Aggregate, AggregateRoot, bootstrap, Command, CommandHandler, Module } from 'eventuality';

// An aggregate that decides on an event which nothing handles: only storing it shows its name.
@Command('Listen')
class Listen {
  constructor(readonly id: string) {}
}

class Heard {}

@Aggregate('Quiet')
class Quiet extends AggregateRoot<Heard> {
  @CommandHandler(Listen, { creates: true })
  listen() {
    return new Heard();
  }
}

@Module({ components: [Quiet] })
class Application {}

async function main(): Promise<void> {
  const flow = await bootstrap(Application);
  const refusal = await flow.dispatch(new Listen('a')).then(
    () => undefined,
    error => error,
  );
  const names = (await flow.eventStore.readAll()).map(({ name }) => name);
  await flow.close();
  console.log(JSON.stringify(refusal ? { code: refusal.code } : { names }));
}

main();
