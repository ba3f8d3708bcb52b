import { Aggregate, AggregateRoot, CommandHandler } from 'eventuality';

export class ShipParcel {
  constructor(
    readonly id: string,
    readonly address: string,
  ) {}
}

export class ParcelShipped {
  constructor(readonly address: string) {}
}

/** The shipment of an order, whose id it has. */
@Aggregate('Shipment')
export class Shipment extends AggregateRoot<ParcelShipped> {
  @CommandHandler(ShipParcel, { creates: true })
  ship({ address }: ShipParcel) {
    if (address === 'Atlantis') throw new Error(`No carrier goes to ${address}.`);
    return new ParcelShipped(address);
  }
}
