/**
 * Three suites. `npm test`, which every push's build runs, tests the product: whatever is deployed or decides about a release.
 * It reads neither cdk.json nor the service, which users change first; the service has its own `npm test`.
 * `npm run test:rehearsal` tests what is never deployed. `npm run test:e2e` runs the long tests of both.
 */
const roots = ['<rootDir>/test', '<rootDir>/canary-guard/test'];
const testsNamed = (suffix) => roots.map((root) => `${root}/**/*.${suffix}.ts`);
const rehearsal = ['embedded-aws', 'benchmark', 'rehearsal'];
const suites = {
  product: {
    testMatch: testsNamed('test'),
    testPathIgnorePatterns: rehearsal.map((part) => `<rootDir>/test/${part}/`),
  },
  rehearsal: { testMatch: rehearsal.map((part) => `<rootDir>/test/${part}/**/*.test.ts`) },
  e2e: { testMatch: testsNamed('e2e') },
};
const { TEST_SUITE = 'product' } = process.env;
if (!(TEST_SUITE in suites)) {
  throw new Error(`TEST_SUITE: '${TEST_SUITE}' is not a suite; write one of ${Object.keys(suites).join(', ')}`);
}
const endToEnd = TEST_SUITE === 'e2e';

// The profile, region or endpoint of the person who runs the tests must not change their result.
for (const name of Object.keys(process.env)) {
  if (name.startsWith('AWS_')) delete process.env[name];
}

// Every suite would print the AWS SDK's advice to move to Node 22.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** @type {import('jest').Config} */
module.exports = {
  ...suites[TEST_SUITE],
  // Jest must not scan the service, which may hold packages of its own, or what builds leave.
  roots,
  // Next to the packages, which builds cache: the next build finds what this one compiled.
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  testEnvironmentOptions: { customExportConditions: ['canary-guard-source', 'node', 'node-addons'] },
  transform: { '\\.[cm]?[jt]s$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }] },
  reporters: ['default', ['jest-junit', { outputDirectory: 'reports', outputName: 'jest.xml' }]],
  // Jest's default would leave one of two cores idle.
  maxWorkers: '100%',
  testTimeout: endToEnd ? 600_000 : 60_000,
};
