import { Aggregate, AggregateRoot, bootstrap, CommandHandler, Module } from 'eventuality';
import { WiringError } from 'eventuality/errors';

// Aggregates whose constructors ask for what an aggregate is not given.
class Send {
  readonly id = '';
}

class Sent {}

interface Mailer {
  send(): void;
}

@Aggregate('Letter')
class Letter extends AggregateRoot<Sent> {
  constructor(readonly mailer: Mailer) {
    super();
  }

  @CommandHandler(Send)
  send() {
    this.mailer.send();
  }
}

class Addressed extends AggregateRoot<Sent> {
  constructor(
    id: string,
    readonly mailer: Mailer,
  ) {
    super(id);
  }
}

@Aggregate('Parcel')
class Parcel extends Addressed {
  weight = 0;
}

@Aggregate('Card')
class Card extends AggregateRoot<Sent> {
  weight = 0;

  constructor(id: string) {
    super(id);
  }
}

@Module({ components: [Letter, Parcel, Card] })
class PostModule {}

bootstrap(PostModule).then(
  () => console.log(JSON.stringify({ faults: [] })),
  error => console.log(JSON.stringify({ faults: error instanceof WiringError ? error.faults : String(error) })),
);
