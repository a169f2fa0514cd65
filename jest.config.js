/**
 * Three suites of one configuration. `npm test` is what every push's build runs: what is deployed, and what decides about a
 * release. `npm run test:rehearsal` tests the rehearsal, of which nothing is ever deployed, and `npm run test:e2e` holds
 * the long ones of both.
 */
const roots = ['<rootDir>/test', '<rootDir>/canary-guard/test'];
const named = (suffix) => roots.map((root) => `${root}/**/*.${suffix}.ts`);
const rehearsal = ['embedded-aws', 'benchmark', 'rehearsal'];
const suites = {
  product: { testMatch: named('test'), testPathIgnorePatterns: rehearsal.map((part) => `<rootDir>/test/${part}/`) },
  rehearsal: { testMatch: rehearsal.map((part) => `<rootDir>/test/${part}/**/*.test.ts`) },
  e2e: { testMatch: named('e2e') },
};
const { TEST_SUITE = 'product' } = process.env;
if (!(TEST_SUITE in suites)) {
  throw new Error(`TEST_SUITE=${TEST_SUITE} is no suite; write one of ${Object.keys(suites).join(', ')}`);
}
const endToEnd = TEST_SUITE === 'e2e';

// A person's own profile, region or endpoint takes no part in a test.
for (const name of Object.keys(process.env)) {
  if (name.startsWith('AWS_')) delete process.env[name];
}

// The advice of the AWS SDK to move to Node 22 would stand in every suite's output.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** @type {import('jest').Config} */
module.exports = {
  ...suites[TEST_SUITE],
  // With the packages, so that the next build finds what this one compiled.
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  testEnvironmentOptions: { customExportConditions: ['canary-guard-source', 'node', 'node-addons'] },
  transform: { '\\.[cm]?[jt]s$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }] },
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/\\.package', '<rootDir>/\\.rehearsal'],
  reporters: ['default', ['jest-junit', { outputDirectory: 'reports', outputName: 'jest.xml' }]],
  // Of two cores, Jest's default would use one.
  maxWorkers: '100%',
  testTimeout: endToEnd ? 600_000 : 60_000,
};
