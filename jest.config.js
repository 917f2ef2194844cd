import { availableParallelism } from 'node:os';

const transform = { '^.+\\.ts$': ['@swc/jest', { module: { type: 'es6', ignoreDynamic: true } }] };

const shared = {
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testEnvironment: '<rootDir>/test/support/environment.ts',
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^#migrations$': '<rootDir>/migrations/index.ts',
    '^(\\.{1,2}/.*)(?<!\\.json)\\.js$': '$1',
  },
  transform,
};

/** One PostgreSQL for the run. */
const database = {
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
};

export default {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/structure/**/*.spec.ts'],
    },
    {
      ...shared,
      ...database,
      displayName: 'service',
      testMatch: ['<rootDir>/src/**/*.int-spec.ts'],
      setupFiles: ['<rootDir>/test/support/service-database.ts'],
    },
    {
      ...shared,
      ...database,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/{e2e,attacks,faults,fuzz}/**/*.e2e-spec.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/support/setup.ts'],
    },
  ],
  testSequencer: '<rootDir>/test/support/sequencer.js',
  // A suite waits for its server a third of the time
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  // For what hangs. Nothing else is near it, not even where the machine stands still for minutes
  testTimeout: 600_000,
};
