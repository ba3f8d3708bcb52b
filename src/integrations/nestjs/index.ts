// Eventuality in a NestJS application. See docs/nestjs.md.

export type { ProblemDetails } from '../http';
export { ActorInterceptor } from './actor';
export { EventualityModule } from './eventuality-module';
export { EventualityExceptionFilter } from './exception-filter';
export { EventualityHealthIndicator, type HealthResult } from './health-indicator';
export { liveQuery } from './live-query';
export type {
  EventualityAsyncOptions,
  EventualityOptions,
  EventualityOptionsFactory,
  EventualityRootOptions,
  Feature,
} from './module-options';
export { flowToken, InjectFlow, InjectReadModel, InjectRepository, optionsToken } from './tokens';
