// @nestjs/cqrs with a store that also gives each event an id, a position, a time and metadata, as eventuality's does.
import { todoApp, versions } from '../lib/nest.js';

export default {
  id: 'nest-envelopes',
  order: 11,
  title: '@nestjs/cqrs, envelopes',
  versions,
  workloads: { w1: () => todoApp({ envelopes: true }) },
};
