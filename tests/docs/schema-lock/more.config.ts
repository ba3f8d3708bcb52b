import type { EventualityConfig } from 'eventuality';
import { sqlite } from 'eventuality/sqlite';
import { AppModule, CustomerLeft } from './module';

// #region more
export default {
  module: AppModule,
  samples: [new CustomerLeft('moved'), new CustomerLeft('other', 'Too far away')],
  eventStore: () => sqlite('events.db', { create: false }),
} satisfies EventualityConfig;
// #endregion more
