// #region config
import type { EventualityConfig } from 'eventuality';
import { AppModule } from './module';

export default { module: AppModule } satisfies EventualityConfig;
// #endregion config
