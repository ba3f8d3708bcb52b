import { Controller, Get } from '@nestjs/common';
import { EventualityHealthIndicator } from 'eventuality/nestjs';

@Controller('health')
export class HealthController {
  constructor(private readonly eventuality: EventualityHealthIndicator) {}

  @Get()
  check() {
    return this.eventuality.isHealthy('eventuality');
  }
}
