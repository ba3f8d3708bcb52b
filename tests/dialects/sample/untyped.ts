import { bootstrap, EventHandler, Module } from 'eventuality';
import { WiringError } from 'eventuality/errors';

// Leaves it to the compiler to say what the constructor wants.
class TodoCreated {}

class Mailer {
  send() {}
}

class Notifier {
  constructor(
    readonly mailer: Mailer,
    readonly second: Mailer,
  ) {}

  @EventHandler(TodoCreated)
  created() {
    this.mailer.send();
  }
}

@Module({ components: [Notifier], providers: [Mailer] })
class TodoModule {}

bootstrap(TodoModule).then(
  () => console.log(JSON.stringify({ faults: [] })),
  error => console.log(JSON.stringify({ faults: error instanceof WiringError ? error.faults : String(error) })),
);
