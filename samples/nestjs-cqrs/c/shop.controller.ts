import { Body, Controller, Get, Post } from '@nestjs/common';
import { Flow } from 'eventuality';
import { AddStock, PlaceOrder } from '../messages';
import { ListOrders } from './order-list';

@Controller()
export class ShopController {
  constructor(private readonly flow: Flow) {}

  @Post('stock')
  async add(@Body() { item, pieces }: { item: string; pieces: number }) {
    await this.flow.dispatch(new AddStock(item, pieces));
  }

  @Post('orders')
  async place(@Body() { id, item, pieces }: { id: string; item: string; pieces: number }) {
    await this.flow.dispatch(new PlaceOrder(id, item, pieces));
  }

  @Get('orders')
  list() {
    return this.flow.query(new ListOrders());
  }
}
