import { releaseNames, roleArn } from '../../../lib/names/release-names';

test("permissions on a service's roles do not include the roles of its releases", () => {
  const names = releaseNames('greeter', 'prod');
  const location = { partition: 'aws', region: 'eu-central-1', account: '111111111111' };
  const ofTheService = `arn:aws:iam::111111111111:role/${names.serviceStack}-`;
  expect(roleArn(location, names, names.deployRole)).toBe('arn:aws:iam::111111111111:role/release/greeter-prod-deploy');
  expect(roleArn(location, names, names.deployRole).startsWith(ofTheService)).toBe(false);
  expect(roleArn(location, names, names.cloudFormationRole).startsWith(ofTheService)).toBe(false);
});

test('a role name longer than IAM allows is refused at synthesis', () => {
  expect(() => releaseNames('a-service-with-a-name-that-is-rather-long', 'production')).toThrow(
    'role name "a-service-with-a-name-that-is-rather-long-production-cloudformation" has 67 characters, IAM allows 64; ' +
      'shorten the name of the service or of the environment',
  );
});
