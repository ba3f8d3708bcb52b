import { Body, Controller, Get, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { AddStock, PlaceOrder } from '../messages';
import { ListOrders } from './order-list';

@Controller()
export class ShopController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post('stock')
  async add(@Body() { item, pieces }: { item: string; pieces: number }) {
    await this.commands.execute(new AddStock(item, pieces));
  }

  @Post('orders')
  async place(@Body() { id, item, pieces }: { id: string; item: string; pieces: number }) {
    await this.commands.execute(new PlaceOrder(id, item, pieces));
  }

  @Get('orders')
  list() {
    return this.queries.execute(new ListOrders());
  }
}
