import { slsFailure } from '../../../release/deploy/sls-log';

test('the error message of osls is the text below its last "Error:"', () => {
  expect(
    slsFailure(`Deploying "shop" to stage "prod" (eu-central-1)

Environment: linux, node 20.20.2, osls 4.3.1 (local)
Docs:        github.com/oss-serverless/osls

Error:
Cannot resolve serverless.yml: Variables resolution errored with:
  - Cannot resolve variable at "custom.settings": Value not found at "file" source
`),
  ).toBe(`Cannot resolve serverless.yml: Variables resolution errored with:
  - Cannot resolve variable at "custom.settings": Value not found at "file" source`);
});

test('colours, links, stack traces and npm’s notices are left out', () => {
  expect(
    slsFailure(`\u001b[31mError:\u001b[39m
UPDATE_FAILED: HelloLambdaFunctionAliasLive \u001b[90m(AWS::Lambda::Alias)\u001b[39m
d-1 failed.

View the full error: https://eu-central-1.console.aws.amazon.com/cloudformation/home
Learn more about configuration validation here: https://github.com
TypeError: x is not a function
    at f (/app/index.js:1:1)
npm notice New minor version of npm available!
`),
  ).toBe(`UPDATE_FAILED: HelloLambdaFunctionAliasLive (AWS::Lambda::Alias)
d-1 failed.
TypeError: x is not a function`);
});

test('a long message is cut, with the number of missing lines', () => {
  const lines = Array.from({ length: 9 }, (_, index) => `line ${index}`);
  expect(slsFailure(`Error:\n${lines.join('\n')}\n`)?.split('\n')).toEqual([...lines.slice(0, 6), '… 3 more lines']);
  const endless = slsFailure(`Error:\n${'x'.repeat(5_000)}`);
  expect(endless).toHaveLength(1_000);
  expect(endless).toMatch(/… \(\d+ more characters\)$/);
});

test.each(['', 'Deploying\nKilled\n', 'Error:\n'])('a log without an error message (%j) has no failure', (log) => {
  expect(slsFailure(log)).toBeUndefined();
});
