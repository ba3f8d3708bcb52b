import { Injectable } from '@nestjs/common';

/** Stands for a service that sends mails. */
@Injectable()
export class Mails {
  async send(orderId: string): Promise<void> {
    console.info(`Mail: the order ${orderId} is confirmed.`);
  }
}
