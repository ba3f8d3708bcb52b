import { Body, Controller, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody } from '@nestjs/swagger';
import { Flow } from 'eventuality';
import { addStockSchema } from '../ordering/stock';
import { AuthGuard, Role } from './auth.guard';
import { openApi } from './open-api';

@Controller('stock')
@UseGuards(AuthGuard)
@ApiBearerAuth()
export class StockController {
  constructor(private readonly flow: Flow) {}

  @Post()
  @Role('staff')
  @ApiBody({ schema: openApi(addStockSchema) })
  async add(@Body() message: object) {
    await this.flow.dispatch({ name: 'AddStock', message });
  }
}
