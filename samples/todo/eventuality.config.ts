import type { EventualityConfig } from 'eventuality';
import { TodoCompleted, TodoCreated, TodoRenamed } from './domain';
import { TodoModule } from './module';

/** For `npx eventuality schema check`: the events have no schemas, so their shapes are those of samples. */
export default {
  module: TodoModule,
  samples: [new TodoCreated('Buy milk'), new TodoRenamed('Buy oat milk'), new TodoCompleted()],
} satisfies EventualityConfig;
