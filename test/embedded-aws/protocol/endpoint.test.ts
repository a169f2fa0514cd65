import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CodeDeployClient, GetDeploymentCommand, ListDeploymentsCommand } from '@aws-sdk/client-codedeploy';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type AccessRules, need } from '../../../embedded-aws/access/need';
import { Endpoint } from '../../../embedded-aws/endpoint';
import { AwsError } from '../../../embedded-aws/errors';
import type { Input } from '../../../embedded-aws/protocol/input';
import { jsonApi } from '../../../embedded-aws/protocol/json';
import { nest, queryApi } from '../../../embedded-aws/protocol/query';
import { restApi } from '../../../embedded-aws/protocol/rest';

const seen: Input[] = [];
const instant = new Date('2026-03-02T09:00:00Z');

const services = [
  jsonApi({
    signingName: 'codedeploy',
    target: 'CodeDeploy_20141006',
    version: '1.1',
    operations: {
      GetDeployment: {
        accepts: ['deploymentId'],
        run: ({ deploymentId }) => ({ deploymentInfo: { deploymentId, createTime: instant } }),
      },
      ListDeployments: { accepts: [], run: () => ({ deployments: [] }) },
    },
    access: {
      GetDeployment: () => [],
      ListDeployments: () => need('codedeploy:ListDeployments'),
    },
  }),
  queryApi({
    signingName: 'sts',
    xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    operations: {
      GetCallerIdentity: { accepts: [], run: (_, { accountId, arn }) => ({ Account: accountId, Arn: arn }) },
      AssumeRole: {
        accepts: ['RoleArn', 'RoleSessionName', 'Tags'],
        run: (input) => {
          seen.push(input);
          throw new AwsError('AccessDenied', 'not you', 403);
        },
      },
    },
    access: { GetCallerIdentity: () => need('sts:GetCallerIdentity'), AssumeRole: () => [] },
  }),
  restApi({
    signingName: 'lambda',
    routes: [
      {
        name: 'ListFunctions',
        route: 'GET /2015-03-31/functions',
        accepts: ['MaxItems'],
        run: () => ({ Functions: [] }),
      },
    ],
    access: { ListFunctions: () => need('lambda:ListFunctions') },
  }),
];

let endpoint: Endpoint;
beforeAll(async () => {
  endpoint = new Endpoint({
    service: (name) => services.find(({ signingName }) => signingName === name),
    authenticate: (accessKeyId, region) => ({
      accountId: '111122223333',
      region,
      arn: `arn:aws:iam::111122223333:user/${accessKeyId}`,
    }),
    authorize: ({ arn }, { action }) => (arn.endsWith('/eve') ? `eve may not ${action}` : undefined),
  });
  await endpoint.listen();
});
afterAll(() => endpoint.close());

const config = () => ({
  endpoint: endpoint.url,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'ada', secretAccessKey: 'unchecked' },
});

test('timestamps reach a JSON client as dates', async () => {
  const { deploymentInfo } = await new CodeDeployClient(config()).send(
    new GetDeploymentCommand({ deploymentId: 'd-1' }),
  );
  expect(deploymentInfo).toEqual({ deploymentId: 'd-1', createTime: instant });
});

test('the caller is identified by its access key and region', async () => {
  const identity = await new STSClient(config()).send(new GetCallerIdentityCommand({}));
  expect(identity).toMatchObject({ Account: '111122223333', Arn: 'arn:aws:iam::111122223333:user/ada' });
});

test('an error reaches a Query client with its code, and lists arrive as arrays', async () => {
  const command = new AssumeRoleCommand({
    RoleArn: 'arn:aws:iam::111122223333:role/deploy',
    RoleSessionName: 'one',
    Tags: [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
    ],
  });
  await expect(new STSClient(config()).send(command)).rejects.toMatchObject({
    name: 'AccessDenied',
    message: 'not you',
  });
  expect(seen.at(-1)?.Tags).toEqual([
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: '2' },
  ]);
});

test('an operation that a service does not support is refused by name', async () => {
  const { ListApplicationsCommand } = await import('@aws-sdk/client-codedeploy');
  await expect(new CodeDeployClient(config()).send(new ListApplicationsCommand({}))).rejects.toThrow(
    'the embedded AWS does not support codedeploy:ListApplications; docs/fidelity.md lists what is supported',
  );
});

test('a parameter that an operation would ignore is refused by name', async () => {
  const command = new ListDeploymentsCommand({ applicationName: 'shop' });
  await expect(new CodeDeployClient(config()).send(command)).rejects.toThrow(
    'codedeploy:ListDeployments with applicationName',
  );
  const functions = new LambdaClient(config()).send(new ListFunctionsCommand({ FunctionVersion: 'ALL' }));
  await expect(functions).rejects.toThrow('lambda:ListFunctions with FunctionVersion');
});

test('a service that is not supported is refused by name', async () => {
  const command = new PutMetricDataCommand({ Namespace: 'Shop', MetricData: [{ MetricName: 'Sold', Value: 1 }] });
  await expect(new CloudWatchClient(config()).send(command)).rejects.toThrow(
    "the embedded AWS has no service with the signing name 'monitoring'; docs/fidelity.md lists what is supported",
  );
});

test('an unsigned request is refused', async () => {
  const response = await fetch(`${endpoint.url}/anything`);
  expect(response.status).toBe(403);
});

test('form fields with dotted names are read as lists and maps', () => {
  const form = new URLSearchParams(
    'Action=X&Version=1&Names.member.1=a&Names.member.2=b&Tags.member.1.Key=k&Map.entry.1.key=x&Map.entry.1.value=y',
  );
  expect(nest(form)).toEqual({ Names: ['a', 'b'], Tags: [{ Key: 'k' }], Map: { x: 'y' } });
});

test('a call without permission is refused in the form of its protocol, before it runs', async () => {
  const eve = { ...config(), credentials: { accessKeyId: 'eve', secretAccessKey: 'unchecked' }, maxAttempts: 1 };
  await expect(new CodeDeployClient(eve).send(new ListDeploymentsCommand({}))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: 'eve may not codedeploy:ListDeployments',
    $metadata: { httpStatusCode: 400 },
  });
  await expect(new LambdaClient(eve).send(new ListFunctionsCommand({}))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: 'eve may not lambda:ListFunctions',
    $metadata: { httpStatusCode: 403 },
  });
  await expect(new STSClient(eve).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
    name: 'AccessDenied',
    message: 'eve may not sts:GetCallerIdentity',
    $metadata: { httpStatusCode: 403 },
  });
});

test('an API has an access rule for each of its operations, and for no other', () => {
  const operations = { One: { accepts: [], run: () => ({}) }, Two: { accepts: [], run: () => ({}) } };
  const make = (access: AccessRules) => () =>
    jsonApi({ signingName: 'some', target: 'Some', version: '1.1', operations, access });
  const rule = () => need('some:One');
  expect(make({ One: rule, Two: rule })).not.toThrow();
  expect(make({ One: rule, Three: rule })).toThrow(
    'the access rules of some lack [Two] and have [Three] in addition; write one for each operation',
  );
});
