/** Two suites of one configuration: `npm test` (every push's build runs it) and `npm run test:e2e` (the long ones). */
const endToEnd = process.env.TEST_SUITE === 'e2e';

// A person's own profile, region or endpoint takes no part in a test.
for (const name of Object.keys(process.env)) {
  if (name.startsWith('AWS_')) delete process.env[name];
}

// The advice of the AWS SDK to move to Node 22 would stand in every suite's output.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** @type {import('jest').Config} */
module.exports = {
  testMatch: [endToEnd ? '<rootDir>/test/**/*.e2e.ts' : '<rootDir>/test/**/*.test.ts'],
  transform: { '\\.[cm]?[jt]s$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }] },
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/\\.package', '<rootDir>/\\.rehearsal'],
  reporters: ['default', ['jest-junit', { outputDirectory: 'reports', outputName: 'jest.xml' }]],
  // Of two cores, Jest's default would use one.
  maxWorkers: endToEnd ? 1 : '100%',
  testTimeout: endToEnd ? 600_000 : 30_000,
};
