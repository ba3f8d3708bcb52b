import {
  Body,
  Controller,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Sse,
  UnprocessableEntityException,
  UseGuards,
} from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOkResponse } from '@nestjs/swagger';
import { Flow } from 'eventuality';
import { liveQuery } from 'eventuality/nestjs';
import { Fulfilment } from '../ordering/fulfilment';
import { placeOrderSchema } from '../ordering/order';
import { Pay } from '../ordering/payment';
import { AuthGuard, CurrentUser, type User } from './auth.guard';
import { openApi } from './open-api';
import { OrderList, OrderOf, OrdersOf, orderSchema } from './order-list';

@Controller('orders')
@UseGuards(AuthGuard)
@ApiBearerAuth()
export class OrdersController {
  constructor(private readonly flow: Flow) {}

  /** Commands are checked by their schemas: what does not fit is answered with 400. */
  @Post()
  @ApiBody({ schema: openApi(placeOrderSchema) })
  async place(@Body() message: object) {
    await this.flow.dispatch({ name: 'PlaceOrder', message }, { waitFor: [OrderList, Fulfilment] });
  }

  @Post(':id/payment')
  @HttpCode(204)
  async pay(@CurrentUser() user: User, @Param('id') id: string) {
    await this.one(user, id);
    const { succeeded } = await this.flow.dispatch(new Pay(id), { waitFor: [OrderList] });
    if (!succeeded) throw new UnprocessableEntityException('The order is paid, or cancelled.');
  }

  @Get()
  @ApiOkResponse({ schema: { type: 'array', items: openApi(orderSchema) } })
  all(@CurrentUser() user: User) {
    return this.flow.query(new OrdersOf(user));
  }

  @Sse('live')
  live(@CurrentUser() user: User) {
    return liveQuery(this.flow, new OrdersOf(user));
  }

  @Get(':id')
  @ApiOkResponse({ schema: openApi(orderSchema) })
  async one(@CurrentUser() user: User, @Param('id') id: string) {
    const order = await this.flow.query(new OrderOf(user, id));
    if (!order) throw new NotFoundException(`You have no order '${id}'.`);
    return order;
  }
}
