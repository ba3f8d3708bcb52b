// This framework's Flow.dispatch, which does more than a command bus: it counts what is under way and completes outcomes.
import { noOpFlow, versions } from '../lib/eventuality.js';

export default {
  id: 'eventuality-flow',
  order: 2,
  title: 'eventuality, Flow.dispatch',
  versions,
  workloads: { w2: () => noOpFlow() },
};
