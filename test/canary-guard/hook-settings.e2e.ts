import { join } from 'node:path';
import { packageService, removeDirectories } from '../support/package-service';
import type { PackagedTemplate } from '../support/template';

let resources: PackagedTemplate['Resources'];

beforeAll(async () => {
  const packaged = await packageService(join(__dirname, 'fixtures/hook-settings'), { args: ['--stage', 'prod'] });
  expect(packaged).toMatchObject({ exitCode: 0 });
  resources = packaged.template.Resources;
});
afterAll(removeDirectories);

interface GrantedStatement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

const statementsOf = (id: string): GrantedStatement[] => resources[id]!.Properties.Policies[0].PolicyDocument.Statement;

test('what sls adds to its own role for the settings of a hook, the role of the hook has too', () => {
  const granted = statementsOf('CheckLambdaFunctionRole').map((statement) => JSON.stringify(statement));
  const ofSettings = statementsOf('IamRoleLambdaExecution').filter(
    ({ Action }) => ![Action].flat().some((action) => action.startsWith('logs:')),
  );
  expect(ofSettings.flatMap(({ Action }) => Action)).toEqual([
    'kms:Decrypt',
    'xray:PutTraceSegments',
    'xray:PutTelemetryRecords',
    'sns:Publish',
    'elasticfilesystem:ClientMount',
    'elasticfilesystem:ClientWrite',
  ]);
  for (const statement of ofSettings) expect(granted).toContain(JSON.stringify(statement));
  // sls grants a destination to its own role only where a function uses that role.
  expect(granted).toContainEqual(expect.stringContaining('sqs:SendMessage'));
  const { Path, Tags, PermissionsBoundary, ManagedPolicyArns } = resources.IamRoleLambdaExecution!.Properties;
  expect(resources.CheckLambdaFunctionRole!.Properties).toMatchObject({ Path, Tags, PermissionsBoundary });
  expect(ManagedPolicyArns).toHaveLength(2);
  expect(resources.CheckLambdaFunctionRole!.Properties.ManagedPolicyArns).toHaveLength(2);
});

test('a hook outside of the VPC and without a log has a role without either', () => {
  expect(resources.SilentLambdaFunctionRole!.Properties.ManagedPolicyArns).toEqual([
    'arn:aws:iam::111111111111:policy/insights',
  ]);
  expect(JSON.stringify(resources.SilentLambdaFunctionRole)).not.toContain('logs:');
});

test('the template refers to no resource that it does not have', () => {
  const referred = [...JSON.stringify(resources).matchAll(/"(?:Ref|Fn::GetAtt)":(?:\["(\w+)"|"(\w+)")/g)].map(
    ([, attribute, ref]) => (attribute ?? ref)!,
  );
  expect(referred.length).toBeGreaterThan(10);
  expect(referred.filter((id) => !(id in resources))).toEqual([]);
});
