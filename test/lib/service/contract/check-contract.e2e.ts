import { join } from 'node:path';
import { completePackage } from '../../../../lib/service/complete-package';
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
  completePackage({ directory, environment: 'production', repository: 'acme/notifications' });
  const environment = { name: 'production', deploymentType: 'Canary10Percent5Minutes' } as const;
  const service = readPackagedService(directory, environment, config);
  expect(findDeploymentRole(service, PLACEHOLDER_ROLE)).toMatchObject([{ path: 'provider.iam.deploymentRole' }]);
  const found = findBreaches(service).map(({ severity, path }) => `${severity} ${path}`);
  expect(found.map((each) => each.replace(/(LambdaVersion)\w+/, '$1'))).toEqual([
    'error provider.stackName',
    'error provider.deploymentBucket.name',
    'error Resources.CheckLambdaFunction.Properties.FunctionName',
    'error Resources.CodeDeployServiceRole.Properties.ManagedPolicyArns',
    'error Resources.CheckLogGroup',
    'error Resources.HelloLambdaFunction', // reads its code from the bucket
    'error Resources.CheckLambdaVersion',
    'error Resources.Orders',
    'error Resources.HelloLambdaFunctionDeploymentGroup', // is named after the stack
    'error Resources.IamRoleLambdaExecution.Properties.Policies', // may report on that group, and write the log of legacy-check
    'error pipeline.environments (production).deploymentType in cdk.json',
    'error Resources.IamRoleLambdaExecution.Properties.RoleName',
    'warning Resources.HelloLambdaFunction.Properties.Code',
  ]);
});

test('the bundled service keeps the contract', async () => {
  const { directory } = await packageService(SERVICE, {
    args: ['--stage', 'prod', '--param=deploymentType=Canary10Percent5Minutes'],
    env: { CLOUDFORMATION_ROLE_ARN: PLACEHOLDER_ROLE },
  });
  completePackage({ directory, environment: 'prod', repository: 'acme/greeter' });
  const service = readPackagedService(directory, { name: 'prod', deploymentType: 'Canary10Percent5Minutes' }, config);
  expect(findDeploymentRole(service, PLACEHOLDER_ROLE)).toEqual([]);
  expect(findBreaches(service)).toEqual([]);
});
