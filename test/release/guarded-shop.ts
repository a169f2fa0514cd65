import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Properties } from '../../embedded-aws/resource-type';
import type { ReleaseClients } from '../../release/aws/clients';
import { type SmallAccount, scope, target } from './small-account';

export interface GuardedShopProps {
  /** Makes this commit differ from others. */
  readonly commit: string;
  /** What the pre-traffic hook reports; never: it returns without a report. @default 'Succeeded' */
  readonly hook?: 'Succeeded' | 'Failed' | 'never';
}

/**
 * Deploys the shop with a hook and an alarm for each version, and with a second function, `order`, that has neither.
 */
export async function deployGuarded(account: SmallAccount, props: GuardedShopProps): Promise<void> {
  const template = { body: JSON.stringify({ Resources: await guardedShop(account, props) }) };
  const capabilities = ['CAPABILITY_NAMED_IAM'];
  await account.region.cloudFormation.deploy({ stackName: target.stackName, template, capabilities });
}

export async function guardedShop(
  account: SmallAccount,
  { commit, hook = 'Succeeded' }: GuardedShopProps,
): Promise<Properties> {
  const code = `exports.handler = async () => '${commit}'; exports.hook = ${hookCode(hook)};`;
  const resources = structuredClone((await account.package({ code })).resources) as Record<string, Properties>;
  const version = Object.keys(resources).find((id) => id.startsWith('HelloLambdaVersion'))!;
  const { HelloLambdaFunction: hello, HelloLambdaFunctionAliasLive: alias, HelloShifts: group } = resources;
  const AlarmName = `shop-prod-hello-${commit}-errors`;
  group!.Properties = {
    ...group!.Properties,
    AlarmConfiguration: { Enabled: true, Alarms: [{ Name: { Ref: 'Alarm' } }] },
    AutoRollbackConfiguration: {
      Enabled: true,
      Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
    },
  };
  alias!.UpdatePolicy.CodeDeployLambdaAliasUpdate.BeforeAllowTrafficHook = { Ref: 'Hook' };
  const ofOrder = (resource: unknown) => JSON.parse(JSON.stringify(resource).replaceAll('Hello', 'Order'));
  return {
    ...resources,
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'shop',
        AssumeRolePolicyDocument: {
          Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
        },
        ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
        Policies: [
          {
            PolicyName: 'reports',
            PolicyDocument: {
              Statement: [
                { Effect: 'Allow', Action: 'codedeploy:PutLifecycleEventHookExecutionStatus', Resource: '*' },
              ],
            },
          },
        ],
      },
    },
    Hook: {
      Type: 'AWS::Lambda::Function',
      DependsOn: 'Role',
      Properties: { ...hello!.Properties, FunctionName: 'shop-prod-hook', Handler: 'index.hook', Timeout: 30 },
    },
    // A new version has a new alarm, so that a rollback deletes it.
    Alarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName,
        Namespace: 'Shop',
        MetricName: 'Errors',
        Dimensions: [{ Name: 'Commit', Value: commit }],
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 2,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
      },
    },
    OrderLambdaFunction: {
      ...hello,
      Properties: { ...hello!.Properties, FunctionName: 'shop-prod-order' },
    },
    [version.replace('Hello', 'Order')]: ofOrder(resources[version]),
    OrderLambdaFunctionAliasLive: {
      ...ofOrder(alias),
      UpdatePolicy: {
        CodeDeployLambdaAliasUpdate: {
          ApplicationName: { Ref: 'Shifts' },
          DeploymentGroupName: { Ref: 'OrderShifts' },
        },
      },
    },
    OrderShifts: {
      Type: 'AWS::CodeDeploy::DeploymentGroup',
      Properties: {
        ApplicationName: { Ref: 'Shifts' },
        ServiceRoleArn: `arn:aws:iam::${scope.accountId}:role/shifts`,
        DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
        DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
      },
    },
  };
}

function hookCode(status: string): string {
  const signature =
    "'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/20300101/eu-central-1/codedeploy/aws4_request'";
  const report = `fetch(process.env.AWS_ENDPOINT_URL, { method: 'POST',
    headers: { authorization: ${signature}, 'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'CodeDeploy_20141006.PutLifecycleEventHookExecutionStatus' },
    body: JSON.stringify({ deploymentId: event.DeploymentId, status: '${status}',
      lifecycleEventHookExecutionId: event.LifecycleEventHookExecutionId }) })`;
  const failure = `console.error(JSON.stringify({ level: 'error', message: 'check failed', check: 'greets the world',
    expected: { status: 200 }, received: { status: 500 }, deploymentId: event.DeploymentId }))`;
  if (status === 'never') return 'async () => {}';
  return `async (event) => { ${status === 'Failed' ? failure : ''}; await ${report} }`;
}

/** Puts errors of a commit into the metric of its alarm, repeatedly until the stack is no longer being updated. */
export function fail(account: SmallAccount, commit: string): Promise<void> {
  const datum = { MetricName: 'Errors', Dimensions: [{ Name: 'Commit', Value: commit }], Value: 7 };
  return account.clock.spawn(async () => {
    while (account.status !== 'UPDATE_IN_PROGRESS') await account.clock.sleep(1_000);
    await account.clock.sleep(60_000);
    while (account.status === 'UPDATE_IN_PROGRESS') {
      const Timestamp = new Date(account.clock.now());
      await account.clients.cloudWatch.send(
        new PutMetricDataCommand({ Namespace: 'Shop', MetricData: [{ ...datum, Timestamp }] }),
      );
      await account.clock.sleep(15_000);
    }
  });
}

/**
 * Stops virtual time once a condition holds.
 *
 * @returns When it holds, a function that resumes time.
 */
export async function holdWhen(account: SmallAccount, isSo: () => boolean): Promise<() => void> {
  let open = () => {};
  const latch = new Promise<void>((resolve) => {
    open = resolve;
  });
  await new Promise<void>((held) => {
    void account.clock.spawn(async () => {
      while (!isSo()) await account.clock.sleep(1_000);
      held();
      await latch;
    });
  });
  return open;
}

interface Call {
  readonly commandName?: string;
}

/** The part of a client's middleware stack that does not depend on its commands. */
interface MiddlewareStack {
  add(
    middleware: (next: Next, call: Call) => Next,
    options: { readonly step: 'initialize'; readonly name: string },
  ): void;
  remove(name: string): boolean;
}

type Next = (args: { input: object }) => Promise<unknown>;

/** Intercepts the calls of a release's clients while `work` runs. */
async function between<T>(
  clients: ReleaseClients,
  intercept: (command: string, next: Next, args: { input: object }) => Promise<unknown>,
  work: () => Promise<T>,
): Promise<T> {
  const { console, ...callers } = clients;
  const stacks = Object.values(callers).map(({ middlewareStack }) => middlewareStack as unknown as MiddlewareStack);
  const name = 'between';
  for (const stack of stacks) {
    stack.add(
      (next: Next, { commandName = '' }: Call) =>
        (args: { input: object }) =>
          intercept(commandName.replace(/Command$/, ''), next, args),
      { step: 'initialize', name },
    );
  }
  try {
    return await work();
  } finally {
    for (const stack of stacks) stack.remove(name);
  }
}

/**
 * Lets AWS refuse calls before anything is sent.
 *
 * @param errors Names of errors, by command.
 */
export function refusing<T>(
  clients: ReleaseClients,
  errors: Readonly<Record<string, string>>,
  work: () => Promise<T>,
): Promise<T> {
  const refuse = async (command: string, next: Next, args: { input: object }) => {
    const name = errors[command];
    if (!name) return next(args);
    throw Object.assign(new Error(`${command} is refused`), { name, $metadata: {} });
  };
  return between(clients, refuse, work);
}

/**
 * Limits pages to one item.
 *
 * @returns The commands that were called for a further page.
 */
export async function pagesOfOne(clients: ReleaseClients, work: () => Promise<unknown>): Promise<string[]> {
  const paged = new Set<string>();
  const limits = new Map([
    ['DescribeAlarms', 'MaxRecords'],
    ['DescribeAlarmHistory', 'MaxRecords'],
    ['FilterLogEvents', 'limit'],
  ]);
  const limit = async (command: string, next: Next, args: { input: object }) => {
    const { NextToken, nextToken } = args.input as { NextToken?: string; nextToken?: string };
    if (NextToken || nextToken) paged.add(command);
    const member = limits.get(command);
    return next(member ? { ...args, input: { ...args.input, [member]: 1 } } : args);
  };
  await between(clients, limit, work);
  return [...paged].sort();
}
