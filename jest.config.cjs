/**
 * Projects: `unit` needs nothing; `conformance` has the embedded SOAR, or the one at `SOAR_BASE_URL`; `e2e` has a real Temporal dev
 * server, and replays every history that it made; `replay` holds the recorded histories against this build, and
 * `record-histories` makes new ones. `package` looks at the archive of the build; `documents` runs the code in the documents against the demo;
 * `external` needs tools and registries beside Node.
 */
const common = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist'],
  setupFilesAfterEnv: ['<rootDir>/test/time-limit.cjs'],
};

const endToEnd = {
  ...common,
  globalSetup: '<rootDir>/test/e2e/support/global-setup.cjs',
  globalTeardown: '<rootDir>/test/e2e/support/global-teardown.cjs',
};

module.exports = {
  testSequencer: '<rootDir>/test/sequencer.cjs',
  projects: [
    { ...common, displayName: 'unit', testMatch: ['<rootDir>/test/unit/**/*.test.ts'] },
    { ...common, displayName: 'conformance', testMatch: ['<rootDir>/test/conformance/**/*.test.ts'] },
    { ...common, displayName: 'package', testMatch: ['<rootDir>/test/package/**/*.test.ts'] },
    { ...endToEnd, displayName: 'external', testMatch: ['<rootDir>/test/external/**/*.test.ts'] },
    { ...common, displayName: 'documents', testMatch: ['<rootDir>/test/documents/**/*.test.ts'] },
    { ...common, displayName: 'replay', testMatch: ['<rootDir>/test/replay/replay.test.ts'] },
    { ...endToEnd, displayName: 'record-histories', testMatch: ['<rootDir>/test/replay/record.test.ts'] },
    { ...endToEnd, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.test.ts'] },
  ],
};
