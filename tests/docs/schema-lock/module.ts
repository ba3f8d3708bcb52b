import { Aggregate, AggregateRoot, EventHandler, Module } from 'eventuality';
import { CustomerRegistered } from './first';

export class CustomerLeft {
  constructor(
    readonly reason: string,
    readonly comment?: string,
  ) {}
}

@Aggregate('Customer')
class Customer extends AggregateRoot<CustomerRegistered | CustomerLeft> {
  @EventHandler(CustomerRegistered) registered() {}
  @EventHandler(CustomerLeft) left() {}
}

@Module({ components: [Customer] })
export class AppModule {}
