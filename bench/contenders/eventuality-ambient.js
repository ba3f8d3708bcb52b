// This framework with ambient causation (AsyncLocalStorage) on.
import { bootstrapped, versions } from '../lib/eventuality.js';

export default {
  id: 'eventuality-ambient',
  order: 3,
  title: 'eventuality, ambientCausation on',
  versions,
  workloads: { w1: () => bootstrapped({ ambientCausation: true }) },
};
