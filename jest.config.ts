/** @jest-config-loader-options {"transpileOnly": true} */
import type { Config } from 'jest';

const AS_COMMONJS = { allowJs: true, isolatedModules: true, module: 'commonjs', target: 'es2022' };

const config: Config = {
  preset: 'ts-jest',
  testEnvironment: 'node',
  // For tests and hooks without a limit of their own: on a busy machine what takes milliseconds may take seconds.
  testTimeout: 60_000,
  globalSetup: '<rootDir>/tests/setup/start-postgres.ts',
  globalTeardown: '<rootDir>/tests/setup/stop-postgres.ts',
  reporters: ['default', '<rootDir>/tests/setup/jest-guard.js'],
  setupFilesAfterEnv: ['<rootDir>/tests/setup/tell-guard.ts'],
  // Most tests wait for processes and for time: more of them than there are cores keep these busy. Fixed, as so many
  // connections of a PostgreSQL are needed at most, about 35 for each.
  maxWorkers: 3,
  testSequencer: '<rootDir>/tests/setup/slowest-first.js',
  // With a limit tests never run in jest's own process, however few the cores: one that blocks can be ended, and the others go on.
  // What test files leave behind is collected late; a process that has grown by so much is followed by another.
  workerIdleMemoryLimit: '1GB',
  testMatch: ['<rootDir>/tests/**/*.test.ts', '<rootDir>/samples/**/*.test.ts'],
  moduleNameMapper: {
    '^eventuality$': '<rootDir>/src/index.ts',
    '^eventuality/(container|errors|operations|processes|store-kit|tsyringe|upcasting|values)$': '<rootDir>/src/$1.ts',
    '^eventuality/(postgres|sqlite)$': '<rootDir>/src/adapters/$1/index.ts',
    '^eventuality/nestjs$': '<rootDir>/src/integrations/nestjs/index.ts',
    '^eventuality/nestjs/testing$': '<rootDir>/src/integrations/nestjs/testing.ts',
    '^eventuality/nestjs/cqrs$': '<rootDir>/src/integrations/nestjs/cqrs/index.ts',
    '^eventuality/testing$': '<rootDir>/src/testing/index.ts',
  },
  // arktype is published as ES modules only, which jest does not require.
  transform: { 'node_modules/(arktype|arkregex|@ark)/.+\\.js$': ['ts-jest', { tsconfig: AS_COMMONJS }] },
  transformIgnorePatterns: ['/node_modules/(?!(arktype|arkregex|@ark)/)'],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/bench'],
};

export default config;
