import { explainSlsFailure } from '../../../lib/service/sls-failure';

test('a variable that sls reads from AWS is named, with what CloudFormation resolves instead', () => {
  const output = `Cannot resolve serverless.yml: Variables resolution errored with:
  - Cannot resolve variable at "provider.environment.TABLE": AWS provider credentials not found.
  - Cannot resolve variable at "custom.account": AWS provider credentials not found.`;
  expect(explainSlsFailure(output)).toMatch(
    /^provider\.environment\.TABLE, custom\.account: sls reads this value from AWS, .*write \{\{resolve:ssm:\/name\}\}/,
  );
});

test("in the pipeline, AWS denies it to the build's role", () => {
  const output =
    'Cannot resolve variable at "custom.a": User: arn:aws:sts::1:assumed-role/b/s is not authorized to perform: ssm:GetParameter on resource: x';
  expect(explainSlsFailure(output)).toMatch(/^custom\.a: sls reads this value from AWS/);
});

test('layers and images that make sls look into the account are named', () => {
  expect(explainSlsFailure('AWS provider credentials not found. Learn how')).toMatch(
    /^sls reads the AWS account while it packages layers and container images/,
  );
});

test('any other failure is not explained', () => {
  expect(explainSlsFailure('Configuration error at "service": must match pattern')).toBeUndefined();
});
