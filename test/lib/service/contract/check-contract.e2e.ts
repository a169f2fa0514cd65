import { join } from 'node:path';
import { findBreaches } from '../../../../lib/service/contract/check-contract';
import { findDeploymentRole, PLACEHOLDER_ROLE } from '../../../../lib/service/contract/deployment-role';
import { readPackagedService } from '../../../../lib/service/contract/packaged-service';
import { packageService, removeDirectories } from '../../../support/package-service';

const SERVICE = join(__dirname, '../../../../service');
const BREACHES = join(__dirname, 'fixtures/breaches');
const config = { account: '111111111111', deployPermissions: [], functionPermissions: [] };

afterAll(removeDirectories);

test('a service that sls packages without a word breaks the contract in every place, and each is named', async () => {
  const { exitCode, directory } = await packageService(BREACHES, {
    args: ['--stage', 'production', '--region', 'ap-southeast-1'],
    env: { CLOUDFORMATION_ROLE_ARN: PLACEHOLDER_ROLE },
  });
  expect(exitCode).toBe(0);
  const environment = { name: 'production', deploymentType: 'Canary10Percent5Minutes' } as const;
  const service = readPackagedService(directory, environment, config);
  expect(findDeploymentRole(service, PLACEHOLDER_ROLE)).toMatchObject([{ path: 'provider.iam.deploymentRole' }]);
  const found = findBreaches(service).map(({ severity, path, value }) => `${severity} ${path}: ${value}`);
  expect(found.map((each) => each.replace(/(LambdaVersion)\w+/, '$1'))).toEqual([
    'error provider.stackName: "notifications"',
    'error provider.deploymentBucket.name: "acme-deployments"',
    'error Resources.CheckLambdaFunction.Properties.FunctionName: "legacy-check"',
    'error Resources.CodeDeployServiceRole.Properties.ManagedPolicyArns: AWSLambda_FullAccess',
    'error Resources.CheckLogGroup: AWS::Logs::LogGroup',
    'error Resources.HelloLambdaFunction: AWS::Lambda::Function',
    'error Resources.CheckLambdaVersion: AWS::Lambda::Version',
    'error Resources.Orders: AWS::DynamoDB::Table',
    // These two are named after the stack.
    'error Resources.HelloLambdaFunctionDeploymentGroup: AWS::CodeDeploy::DeploymentGroup',
    'error Resources.HelloLambdaFunctionAliasLive: AWS::Lambda::Alias',
    'error pipeline.environments (production).deploymentType in cdk.json: "Canary10Percent5Minutes"',
    'error Resources.IamRoleLambdaExecution.Properties.RoleName: "customer-notification-service-production-ap-southeast-1-lambdaRole"',
    'warning Resources.HelloLambdaFunction.Properties.Code: the same zip as CheckLambdaFunction',
  ]);
});

test('the bundled service keeps the contract', async () => {
  const { directory } = await packageService(SERVICE, {
    args: ['--stage', 'prod', '--param=deploymentType=Canary10Percent5Minutes'],
    env: { CLOUDFORMATION_ROLE_ARN: PLACEHOLDER_ROLE },
  });
  const service = readPackagedService(directory, { name: 'prod', deploymentType: 'Canary10Percent5Minutes' }, config);
  expect(findDeploymentRole(service, PLACEHOLDER_ROLE)).toEqual([]);
  expect(findBreaches(service)).toEqual([]);
});
