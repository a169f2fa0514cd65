import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { completePackage } from '../../../lib/service/complete-package';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'package-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const UPDATE = 'cloudformation-template-update-stack.json';
const CREATE = 'cloudformation-template-create-stack.json';
const STATE = 'serverless-state.json';

const read = (name: string) => JSON.parse(readFileSync(join(directory, name), 'utf8'));

/** Writes a package as sls does: the state contains the same templates as the other files. */
function packageOf(service: string, Resources: object, stackTags?: object): void {
  const bucketPolicy = {
    ServerlessDeploymentBucketPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: { PolicyDocument: { Statement: [{ Effect: 'Deny', Action: 's3:*', Principal: '*' }] } },
    },
  };
  const [update, create] = [{ Resources: { ...bucketPolicy, ...Resources } }, { Resources: bucketPolicy }];
  const provider = { compiledCloudFormationTemplate: update, coreCloudFormationTemplate: create, stackTags };
  writeFileSync(join(directory, STATE), JSON.stringify({ service: { service, provider } }));
  writeFileSync(join(directory, UPDATE), JSON.stringify(update));
  writeFileSync(join(directory, CREATE), JSON.stringify(create));
}

const complete = (environment = 'prod') => completePackage({ directory, environment, repository: 'acme/greeter' });

const role = (more: object = {}) => ({ Type: 'AWS::IAM::Role', Properties: { Policies: [], ...more } });

// biome-ignore lint/suspicious/noTemplateCurlyInString: variables of Fn::Sub
const BOUNDARY = { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/release/greeter-prod-boundary' };

test('every role gets the permissions boundary, in both files that sls reads, and nothing else changes', () => {
  packageOf('greeter', {
    Named: role({ RoleName: 'greeter-prod-x' }),
    Unnamed: role(),
    Hello: { Type: 'AWS::Lambda::Function' },
  });
  complete();
  const template = read(UPDATE);
  expect(template.Resources).toMatchObject({
    Named: { Properties: { RoleName: 'greeter-prod-x', PermissionsBoundary: BOUNDARY } },
    Unnamed: { Properties: { Policies: [], PermissionsBoundary: BOUNDARY } },
  });
  expect(template.Resources.Unnamed.Properties).not.toHaveProperty('RoleName');
  expect(template.Resources.ServerlessDeploymentBucketPolicy.Properties.PolicyDocument.Statement).toHaveLength(1);
  expect(read(STATE).service.provider.compiledCloudFormationTemplate).toEqual(template);
});

test('a package that is completed again stays as it is', () => {
  packageOf('a-service-with-quite-a-long-name', { Unnamed: role() });
  complete();
  const once = [STATE, UPDATE, CREATE].map(read);
  complete();
  expect([STATE, UPDATE, CREATE].map(read)).toEqual(once);
});

test('the stack is tagged with the repository, in addition to its own tags', () => {
  packageOf('greeter', {}, { team: 'orders' });
  complete();
  expect(read(STATE).service.provider.stackTags).toEqual({ team: 'orders', 'pipeline:repository': 'acme/greeter' });
});

test('roles with another boundary are refused together, by name, and the package stays as it was', () => {
  const other = { 'Fn::Sub': 'arn:aws:iam::111111111111:policy/company' };
  packageOf('greeter', {
    First: role({ PermissionsBoundary: other }),
    Second: role({ PermissionsBoundary: 'arn:aws:iam::1:policy/x' }),
  });
  const before = read(STATE);
  expect(() => complete()).toThrow(
    new Error(
      'the service for prod cannot be released by the pipeline:\n' +
        '  First: has the permissions boundary {"Fn::Sub":"arn:aws:iam::111111111111:policy/company"}, but the pipeline may only make roles with its own, "greeter-prod-boundary"; remove it from the service, and write what the role needs in addition as "functionPermissions" in cdk.json\n' +
        '  Second: has the permissions boundary "arn:aws:iam::1:policy/x", but the pipeline may only make roles with its own, "greeter-prod-boundary"; remove it from the service, and write what the role needs in addition as "functionPermissions" in cdk.json',
    ),
  );
  expect(read(STATE)).toEqual(before);
});

describe('with a stack name that CloudFormation would shorten', () => {
  const service = 'customer-notification-service';
  const stack = `${service}-prod`;

  test('roles and the CodeDeploy application get names with the whole name of the stack', () => {
    packageOf(service, {
      Role: role(),
      ARoleWithALogicalIdThatIsFarTooLongForIt: role(),
      App: { Type: 'AWS::CodeDeploy::Application', Properties: { ComputePlatform: 'Lambda' } },
      Named: role({ RoleName: 'own' }),
    });
    complete();
    const { Role, ARoleWithALogicalIdThatIsFarTooLongForIt: long, App, Named } = read(UPDATE).Resources;
    expect(Role.Properties.RoleName).toBe(`${stack}-Role`);
    expect(long.Properties.RoleName).toMatch(
      /^customer-notification-service-prod-ARoleWithALogicalId[A-Za-z]*-[0-9a-f]{6}$/,
    );
    expect(long.Properties.RoleName).toHaveLength(64);
    expect(App.Properties).toEqual({ ComputePlatform: 'Lambda', ApplicationName: `${stack}-deployments` });
    expect(Named.Properties.RoleName).toBe('own');
  });

  test("the bucket denies the release roles of all other environments, from the stack's creation on", () => {
    packageOf(service, {});
    complete();
    for (const template of [read(UPDATE), read(CREATE), read(STATE).service.provider.coreCloudFormationTemplate]) {
      const { Statement } = template.Resources.ServerlessDeploymentBucketPolicy.Properties.PolicyDocument;
      const roleArn = (name: string) => ({
        'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/release/${name}`,
      });
      expect(Statement[1]).toMatchObject({
        Effect: 'Deny',
        Action: 's3:*',
        Condition: {
          ArnLike: { 'aws:PrincipalArn': roleArn('*') },
          ArnNotEquals: { 'aws:PrincipalArn': [roleArn(`${stack}-deploy`), roleArn(`${stack}-cloudformation`)] },
        },
      });
    }
  });
});
