import { Injectable } from '@nestjs/common';
import { EventHandler, Reactor } from 'eventuality';
import { Mails } from '../mails';
import { OrderConfirmed } from '../messages';

/** Has the name of the class in `before`, and so continues where that one was. */
@Injectable()
@Reactor('Mailer')
export class Mailer {
  constructor(private readonly mails: Mails) {}

  @EventHandler(OrderConfirmed)
  async confirmed({ orderId }: OrderConfirmed): Promise<void> {
    await this.mails.send(orderId);
  }
}
