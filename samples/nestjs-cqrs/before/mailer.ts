import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { Mails } from '../mails';
import { OrderConfirmed } from '../messages';

@EventsHandler(OrderConfirmed)
export class Mailer implements IEventHandler<OrderConfirmed> {
  constructor(private readonly mails: Mails) {}

  async handle({ orderId }: OrderConfirmed): Promise<void> {
    await this.mails.send(orderId);
  }
}
