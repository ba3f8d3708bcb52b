import { Inject, Injectable } from '@nestjs/common';
import { Flow } from '../..';

/** What a health check of Terminus expects of an indicator. */
export type HealthResult = Record<string, { readonly status: 'up' | 'down'; readonly faults?: readonly string[] }>;

/**
 * Tells Terminus whether the event store answers and no projection or reactor has stopped. It answers in time.
 * @example this.health.check([() => this.eventuality.isHealthy('eventuality')])
 */
@Injectable()
export class EventualityHealthIndicator {
  /** @param flow of an application with several: `new EventualityHealthIndicator(flow)` */
  constructor(@Inject(Flow) private readonly flow: Flow) {}

  /** @param options `timeout`: milliseconds to wait for the event store; default 1,000 */
  async isHealthy(key: string, options: { readonly timeout?: number } = {}): Promise<HealthResult> {
    const { healthy, faults } = await this.flow.processors.health(options);
    return { [key]: healthy ? { status: 'up' } : { status: 'down', faults } };
  }
}
