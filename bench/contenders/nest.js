// @nestjs/cqrs with a store made by hand, as its users write it: the store keeps the events themselves and checks the version.

import { noOpBus, todoApp, versions } from '../lib/nest.js';
import { installed } from '../lib/versions.js';

export default {
  id: 'nest',
  order: 10,
  title: '@nestjs/cqrs',
  versions,
  workloads: {
    w1: () => todoApp(),
    w2: () => noOpBus(),
    w3: options => todoApp({ every: options.every }),
    w9a: () => ({ specifier: import.meta.resolve('@nestjs/cqrs') }),
    w9b: () => ({ program: new URL('../lib/start/nest.js', import.meta.url) }),
    w9c: () => installed(['@nestjs/common', '@nestjs/core', '@nestjs/cqrs', 'reflect-metadata', 'rxjs']),
  },
};
