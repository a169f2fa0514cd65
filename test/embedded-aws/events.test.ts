import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeRuleCommand,
  EventBridgeClient,
  ListEventBusesCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { strToU8, zipSync } from 'fflate';
import { VirtualClock } from '../../embedded-aws/clock';
import { type AwsEvent, awsEvent } from '../../embedded-aws/events/event';
import { compilePattern } from '../../embedded-aws/events/event-pattern';
import { Random } from '../../embedded-aws/random';
import type { Region } from '../../embedded-aws/region';
import type { Properties } from '../../embedded-aws/resource-type';
import type { Scope } from '../../embedded-aws/scope';
import { World } from '../../embedded-aws/world';
import { type ShopProps, SmallAccount } from '../release/small-account';

const scope = { accountId: '111111111111', region: 'eu-central-1' };
const elsewhere = { accountId: '222222222222', region: 'us-east-1' };
const third = { accountId: '333333333333', region: 'eu-central-1' };

const code = 'exports.handler = async (event) => console.log(JSON.stringify(event));';

const stopped = (clock: VirtualClock, from: Scope = scope): AwsEvent =>
  awsEvent(
    {
      id: 'b2c4',
      'detail-type': 'CodeDeploy Deployment State-change Notification',
      source: 'aws.codedeploy',
      resources: [`arn:aws:codedeploy:${from.region}:${from.accountId}:application:shop`],
      detail: { state: 'STOP', application: 'shop' },
    },
    from,
    clock.now(),
  );

describe('a pattern', () => {
  const event = {
    source: 'aws.codedeploy',
    resources: ['arn:a', 'arn:b'],
    detail: {
      state: 'STOP',
      count: 3,
      none: null,
      steps: [
        { name: 'one', ok: true },
        { name: 'two', ok: false },
      ],
    },
  };

  test.each([
    [{ source: ['aws.other', 'aws.codedeploy'] }, true],
    [{ source: ['aws.codedeploy'], detail: { state: ['SUCCESS'] } }, false],
    [{ resources: ['arn:b'] }, true],
    [{ detail: { count: [3], none: [null] } }, true],
    [{ detail: { count: ['3'] } }, false],
    [{ detail: { steps: { name: ['two'], ok: [false] } } }, true],
    // Two fields of one nested pattern are met by the same element.
    [{ detail: { steps: { name: ['one'], ok: [false] } } }, false],
    [{ source: [{ prefix: 'aws.' }] }, true],
    [{ resources: [{ suffix: ':b' }] }, true],
    [{ detail: { state: [{ 'equals-ignore-case': 'stop' }] } }, true],
    [{ detail: { state: [{ 'anything-but': ['SUCCESS', 'START'] }] } }, true],
    [{ detail: { state: [{ 'anything-but': 'STOP' }] } }, false],
    [{ detail: { count: [{ 'anything-but': 3 }] } }, false],
    [{ detail: { absent: [{ 'anything-but': 'STOP' }] } }, false],
    [{ source: [{ 'anything-but': { prefix: 'aws.' } }] }, false],
    [{ source: [{ 'anything-but': { prefix: ['my.', 'your.'] } }] }, true],
    [{ detail: { state: [{ exists: true }], absent: [{ exists: false }] } }, true],
    [{ absent: { deeper: [{ exists: false }] } }, true],
    [{ absent: { deeper: [{ exists: true }] } }, false],
    // Only leaves exist.
    [{ detail: [{ exists: true }] }, false],
    [{ detail: { state: ['SUCCESS', { prefix: 'ST' }] } }, true],
  ])('%j matches: %s', (pattern, matches) => {
    expect(compilePattern(pattern)(event)).toBe(matches);
    expect(compilePattern(JSON.stringify(pattern))(event)).toBe(matches);
  });

  test.each([
    [{}, 'Event pattern is not valid. Reason: Filter is not an object'],
    [{ source: 'aws.codedeploy' }, 'Event pattern is not valid. Reason: "source" must be an object or an array'],
    [{ source: [] }, 'Event pattern is not valid. Reason: Empty arrays are not allowed'],
    [{ source: [{ like: 'a' }] }, 'Event pattern is not valid. Reason: Unrecognized match type like'],
    [{ source: [{ prefix: 3 }] }, 'Event pattern is not valid. Reason: prefix match pattern must be a string'],
    [{ detail: { count: [{ numeric: ['>', 3] }] } }, 'does not support numeric in an event pattern'],
    [{ $or: [{ source: ['a'] }] }, 'does not support $or in an event pattern'],
    [{ source: [{ prefix: { 'equals-ignore-case': 'a' } }] }, 'does not support prefix of equals-ignore-case'],
    [{ source: [{ 'anything-but': { suffix: 'a' } }] }, 'does not support anything-but suffix'],
    ['{', 'Event pattern is not valid. Reason: Invalid JSON'],
  ])('%j is refused', (pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(message);
  });
});

describe('EventBridge', () => {
  let clock: VirtualClock;
  let world: World;
  let region: Region;
  let directory: string;
  let notices: string[];
  let client: EventBridgeClient;

  beforeEach(async () => {
    clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'));
    directory = mkdtempSync(join(tmpdir(), 'events-'));
    notices = [];
    world = new World({ clock, random: new Random(1), directory, onNotice: (notice) => notices.push(notice) });
    await world.open();
    region = world.region(scope);
    const zip = Buffer.from(zipSync({ 'index.js': strToU8(code) }));
    const { objects } = world.buckets.create('code', scope, clock.date());
    objects.set('f.zip', { key: 'f.zip', body: zip, etag: '"f"', lastModified: clock.date() });
    client = new EventBridgeClient({
      endpoint: world.url,
      region: scope.region,
      credentials: world.visitor(scope.accountId),
      maxAttempts: 1,
    });
  });
  afterEach(async () => {
    client.destroy();
    await world.close();
    rmSync(directory, { recursive: true });
  });

  async function deploy(Resources: object, where: Scope = scope, stackName = 'app') {
    const { cloudFormation } = world.region(where);
    const request = {
      stackName,
      template: { body: JSON.stringify({ Resources }) },
      capabilities: ['CAPABILITY_NAMED_IAM'],
    };
    const { type } = await clock.spawn(() => clock.waitFor(cloudFormation.deploy(request)));
    const failed = cloudFormation.events(stackName).find(({ status }) => status === 'CREATE_FAILED');
    return { type, reason: failed?.reason };
  }

  const queueArn = `arn:aws:sqs:${scope.region}:${scope.accountId}:undelivered`;
  const events = (Action: string) => ({ Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
  const forwards = events('events:PutEvents');
  const role = (Service = 'events.amazonaws.com', RoleName = 'forward', Condition?: object, document = forwards) => ({
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName,
      AssumeRolePolicyDocument: {
        Statement: [
          { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service }, ...(Condition && { Condition }) },
        ],
      },
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
      Policies: [{ PolicyName: 'forwards', PolicyDocument: document }],
    },
  });
  const queue = {
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'undelivered' } },
    QueuePolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Queue' }],
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Action: 'sqs:SendMessage',
              Principal: { Service: 'events.amazonaws.com' },
              Resource: queueArn,
              Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:events:${scope.region}:${scope.accountId}:rule/*` } },
            },
          ],
        },
      },
    },
  };
  const functionArn = `arn:aws:lambda:${scope.region}:${scope.accountId}:function:notifier`;
  const notifier = {
    Role: role('lambda.amazonaws.com', 'run'),
    Notifier: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'notifier',
        Code: { S3Bucket: 'code', S3Key: 'f.zip' },
        Handler: 'index.handler',
        Runtime: 'nodejs20.x',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      },
    },
  };
  const permission = (rule: string) => ({
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': ['Notifier', 'Arn'] },
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [rule, 'Arn'] },
    },
  });
  const rule = (target: Properties, properties: Properties = {}) => ({
    Type: 'AWS::Events::Rule',
    Properties: {
      EventPattern: { source: ['aws.codedeploy'] },
      Targets: [{ Id: 'Target0', DeadLetterConfig: { Arn: queueArn }, ...target }],
      ...properties,
    },
  });

  /** What the function printed, and when. */
  const invocations = () =>
    region.logs
      .read('/aws/lambda/notifier')
      .filter(({ message }) => message.includes('{"'))
      .map(({ at, message }) => ({ at, event: JSON.parse(message.slice(message.indexOf('{'))) }));

  /** @returns The message attributes of what lies in the dead-letter queue. */
  const deadLetters = (where: Scope = scope) =>
    world
      .region(where)
      .sqs.messages('undelivered')
      .map(({ body, attributes }) => ({
        ...Object.fromEntries(Object.entries(attributes).map(([name, { StringValue }]) => [name, StringValue])),
        body: JSON.parse(body),
      }));

  test('a rule invokes its function with the events that match, half a second later', async () => {
    await deploy({
      ...notifier,
      Rule: rule({ Arn: functionArn }, { Name: 'releases', EventPattern: { detail: { state: ['STOP'] } } }),
      Off: rule({ Arn: functionArn }, { State: 'DISABLED' }),
      Permission: permission('Rule'),
      ...queue,
    });
    const event = stopped(clock);
    const at = clock.now();
    region.events.accept(event);
    region.events.accept({ ...event, id: 'other', detail: { state: 'START' } });
    await clock.elapse(5_000);
    expect(invocations()).toEqual([{ at: at + 500, event }]);
    expect(deadLetters()).toEqual([]);
  });

  test('an event that a function does not permit goes to the dead-letter queue, with the reason', async () => {
    await deploy({
      ...notifier,
      Allowed: rule({ Arn: functionArn }, { EventPattern: { source: ['other'] } }),
      Rule: rule({ Arn: functionArn, RetryPolicy: { MaximumRetryAttempts: 2 } }, { Name: 'stops' }),
      Gone: rule({ Arn: `${functionArn}-not` }, { Name: 'to-missing' }),
      // It permits the rule Allowed only.
      Permission: permission('Allowed'),
      ...queue,
    });
    const event = stopped(clock);
    region.events.accept(event);
    await clock.elapse(5_000);
    expect(deadLetters()).toEqual([
      {
        RULE_ARN: `arn:aws:events:${scope.region}:${scope.accountId}:rule/stops`,
        TARGET_ARN: functionArn,
        ERROR_CODE: 'NO_PERMISSIONS',
        ERROR_MESSAGE: expect.stringContaining('lambda:InvokeFunction'),
        RETRY_ATTEMPTS: '0',
        body: event,
      },
      expect.objectContaining({ ERROR_CODE: 'NO_RESOURCE', TARGET_ARN: `${functionArn}-not` }),
    ]);
    expect(region.logs.groups('/aws/lambda/notifier')).toEqual([]);
  });

  test('an event that its dead-letter queue does not permit is lost, and a notice reports it', async () => {
    const { Queue } = queue;
    await deploy({ Rule: rule({ Arn: functionArn }, { Name: 'stops' }), Queue });
    region.events.accept(stopped(clock));
    await clock.elapse(5_000);
    expect(deadLetters()).toEqual([]);
    expect(notices).toEqual([
      expect.stringMatching(/^rule stops: .* because no resource-based policy allows the sqs:SendMessage action$/),
    ]);
  });

  test('without a dead-letter queue the event is lost, and a notice reports it', async () => {
    await deploy({ Rule: rule({ Arn: functionArn, DeadLetterConfig: undefined }, { Name: 'stops' }) });
    region.events.accept(stopped(clock));
    await clock.elapse(5_000);
    expect(notices).toEqual([
      expect.stringMatching(/^rule stops: event b2c4 .* was lost: NO_RESOURCE, .* no dead-letter queue$/),
    ]);
  });

  const hub = (where: Scope = scope) => `arn:aws:events:${where.region}:${where.accountId}:event-bus/hub`;
  const toHub = (where: Scope = scope) =>
    rule({ Arn: hub(where), RoleArn: { 'Fn::GetAtt': ['Forward', 'Arn'] } }, { Name: 'to-hub' });
  const senders = (Principal: unknown, Condition?: object, where: Scope = scope) => ({
    Type: 'AWS::Events::EventBusPolicy',
    Properties: {
      EventBusName: { Ref: 'Hub' },
      StatementId: 'senders',
      Statement: {
        Effect: 'Allow',
        Action: 'events:PutEvents',
        Principal,
        Resource: hub(where),
        ...(Condition && { Condition }),
      },
    },
  });

  test('a bus sends an event unchanged to a bus of another account and region, where other rules match it', async () => {
    const Rule = rule({ Arn: hub(), RoleArn: { 'Fn::GetAtt': ['Forward', 'Arn'] }, DeadLetterConfig: undefined });
    await deploy({ Forward: role(), Rule }, elsewhere);
    await deploy({
      ...notifier,
      Hub: { Type: 'AWS::Events::EventBus', Properties: { Name: 'hub' } },
      Senders: senders(
        { AWS: `arn:aws:iam::${elsewhere.accountId}:root` },
        { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/forward' } },
      ),
      Rule: rule(
        { Arn: functionArn },
        { EventBusName: { Ref: 'Hub' }, EventPattern: { account: [elsewhere.accountId] } },
      ),
      Permission: permission('Rule'),
      ...queue,
    });
    const event = stopped(clock, elsewhere);
    const at = clock.now();
    world.region(elsewhere).events.accept(event);
    await clock.elapse(5_000);
    expect(invocations()).toEqual([{ at: at + 1_000, event }]);
  });

  test('an event is sent to a bus only once: the second bus does not send it to a third', async () => {
    await deploy({ Hub: { Type: 'AWS::Events::EventBus', Properties: { Name: 'hub' } } }, third);
    await deploy({
      Forward: role(undefined, undefined, {
        ArnLike: { 'aws:SourceArn': `arn:aws:events:${scope.region}:${scope.accountId}:rule/*` },
        StringEquals: { 'aws:SourceAccount': scope.accountId },
      }),
      Hub: { Type: 'AWS::Events::EventBus', Properties: { Name: 'hub' } },
      Rule: toHub(),
      On: rule(
        { Arn: hub(third), RoleArn: { 'Fn::GetAtt': ['Forward', 'Arn'] } },
        { EventBusName: { Ref: 'Hub' }, Name: 'on' },
      ),
      ...queue,
    });
    region.events.accept(stopped(clock));
    await clock.elapse(5_000);
    expect(deadLetters()).toMatchObject([
      {
        ERROR_CODE: 'THIRD_ACCOUNT_HOP_DETECTED',
        ERROR_MESSAGE: expect.stringContaining('an event can be sent to an event bus target only once'),
        RULE_ARN: `arn:aws:events:${scope.region}:${scope.accountId}:rule/hub/on`,
      },
    ]);
  });

  test.each([
    ['the bus does not exist', {}, role(), 'NO_RESOURCE'],
    ['its policy permits another account', { Principal: { AWS: '444444444444' } }, role(), 'NO_PERMISSIONS'],
    [
      'its policy requires another source',
      { Principal: '*', Condition: { StringEquals: { 'events:source': 'a' } } },
      role(),
      'NO_PERMISSIONS',
    ],
    [
      'the role may not send events',
      { Principal: '*' },
      role(undefined, undefined, undefined, events('events:PutRule')),
      'NO_PERMISSIONS',
    ],
    ['the role trusts another service', { Principal: '*' }, role('lambda.amazonaws.com'), 'FAILED_TO_ASSUME_ROLE'],
    [
      'the role trusts another rule',
      { Principal: '*' },
      role(undefined, undefined, { ArnEquals: { 'aws:SourceArn': 'arn:aws:events:eu-central-1:111111111111:rule/x' } }),
      'FAILED_TO_ASSUME_ROLE',
    ],
  ])(
    'an event that a bus of another account does not accept is a dead letter: %s',
    async (_, policy: Properties, Forward, code) => {
      if (policy.Principal) {
        const Senders = senders(policy.Principal, policy.Condition, elsewhere);
        await deploy({ Hub: { Type: 'AWS::Events::EventBus', Properties: { Name: 'hub' } }, Senders }, elsewhere);
      }
      await deploy({ Forward, Rule: toHub(elsewhere), ...queue });
      region.events.accept(stopped(clock));
      await clock.elapse(5_000);
      expect(deadLetters()).toMatchObject([{ ERROR_CODE: code, TARGET_ARN: hub(elsewhere) }]);
    },
  );

  test('PutEvents accepts custom events, but no events of AWS services', async () => {
    await deploy({
      ...notifier,
      Rule: rule({ Arn: functionArn }, { EventPattern: { source: [{ prefix: 'shop' }] } }),
      Permission: permission('Rule'),
      ...queue,
    });
    const entry = { Source: 'shop.orders', DetailType: 'paid', Detail: '{"id":1}', Resources: ['a'] };
    const answer = await client.send(
      new PutEventsCommand({
        Entries: [
          entry,
          { ...entry, Source: 'aws.codedeploy' },
          { ...entry, Detail: '[1]' },
          { ...entry, DetailType: undefined },
          { ...entry, EventBusName: 'missing' },
        ],
      }),
    );
    expect(answer).toMatchObject({
      FailedEntryCount: 3,
      Entries: [
        { EventId: expect.any(String) },
        { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' },
        { ErrorCode: 'MalformedDetail' },
        { ErrorCode: 'InvalidArgument', ErrorMessage: expect.stringContaining('DetailType is a required argument') },
        { EventId: expect.any(String) },
      ],
    });
    const time = clock.date().toISOString().slice(0, 19);
    await clock.elapse(5_000);
    expect(invocations().map(({ event }) => event)).toEqual([
      {
        version: '0',
        id: answer.Entries?.[0]?.EventId,
        'detail-type': 'paid',
        source: 'shop.orders',
        account: scope.accountId,
        time: `${time}Z`,
        region: scope.region,
        resources: ['a'],
        detail: { id: 1 },
      },
    ]);
  });

  test('buses, rules and targets are read as created, and deleted with their stack', async () => {
    const resources = {
      Forward: role(),
      Hub: { Type: 'AWS::Events::EventBus', Properties: { Name: 'hub', Description: 'all releases' } },
      Rule: toHub(),
      Own: rule({ Arn: functionArn, Input: '{"a":1}' }, { EventBusName: { Ref: 'Hub' }, Description: 'd' }),
      ...queue,
    };
    expect(await deploy(resources)).toMatchObject({ type: 'succeeded' });
    const stack = region.cloudFormation.stack('app');
    const physical = stack?.resources.get('Own')?.physical;
    expect(physical?.id).toMatch(/^hub\|app-Own-[A-Z0-9]{12}$/);
    const name = physical?.id.split('|')[1];
    expect(physical?.attributes.Arn).toBe(`arn:aws:events:${scope.region}:${scope.accountId}:rule/hub/${name}`);
    expect(stack?.resources.get('Rule')?.physical?.id).toBe('to-hub');

    const { EventBuses } = await client.send(new ListEventBusesCommand({}));
    expect(EventBuses?.map((bus) => bus.Name)).toEqual(['default', 'hub']);
    const { Rules } = await client.send(new ListRulesCommand({ EventBusName: hub() }));
    expect(Rules).toMatchObject([{ Name: name, EventBusName: 'hub', State: 'ENABLED', Description: 'd' }]);
    expect(await client.send(new DescribeRuleCommand({ Name: 'to-hub' }))).toMatchObject({
      Arn: `arn:aws:events:${scope.region}:${scope.accountId}:rule/to-hub`,
      EventPattern: '{"source":["aws.codedeploy"]}',
    });
    expect((await client.send(new ListTargetsByRuleCommand({ Rule: name, EventBusName: 'hub' }))).Targets).toEqual([
      { Id: 'Target0', Arn: functionArn, Input: '{"a":1}', DeadLetterConfig: { Arn: queueArn } },
    ]);
    await expect(client.send(new DescribeRuleCommand({ Name: 'missing' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });

    await deploy({ Forward: role(), Hub: resources.Hub });
    expect((await client.send(new ListRulesCommand({}))).Rules).toEqual([]);
  });

  test('TestEventPattern matches an event against a pattern', async () => {
    const Event = JSON.stringify(stopped(clock));
    const tried = (EventPattern: string) => client.send(new TestEventPatternCommand({ EventPattern, Event }));
    expect((await tried('{"source":["aws.codedeploy"]}')).Result).toBe(true);
    expect((await tried('{"source":["aws.s3"]}')).Result).toBe(false);
    await expect(tried('{"source":"aws.s3"}')).rejects.toMatchObject({ name: 'InvalidEventPatternException' });
  });

  test.each([
    [
      { Targets: [{ Id: 'a', Arn: `arn:aws:sns:${scope.region}:1:t` }] },
      'does not support a rule with the target arn:aws:sns',
    ],
    [
      { Targets: [{ Id: 'a', Arn: functionArn, InputPath: '$.detail' }] },
      'does not support AWS::Events::Rule with Targets.InputPath',
    ],
    [
      { Targets: [{ Id: 'a', Arn: functionArn.replace('1'.repeat(12), '2'.repeat(12)) }] },
      'invoke a function of the same account',
    ],
    [
      { Targets: [{ Id: 'a', Arn: `arn:aws:events:${scope.region}:${scope.accountId}:event-bus/b` }] },
      'RoleArn is required for target',
    ],
    [
      { Targets: [{ Id: 'a', Arn: functionArn, DeadLetterConfig: { Arn: queueArn.replace('eu-', 'us-') } }] },
      'us-central-1:111111111111:undelivered is not a queue of this account and Region.',
    ],
    [{ EventPattern: { source: [{ wildcard: 'a*' }] } }, 'does not support wildcard in an event pattern'],
    [{ EventBusName: 'nowhere' }, 'Event bus nowhere does not exist.'],
    [{ ScheduleExpression: 'rate(1 hour)' }, 'does not support AWS::Events::Rule with ScheduleExpression (Rule)'],
  ])('a rule with unsupported or missing parts is refused: %j', async (properties, message) => {
    const made = deploy({
      Rule: { Type: 'AWS::Events::Rule', Properties: { EventPattern: { source: ['a'] }, ...properties } },
    });
    const reason = await made.then(
      (answer) => answer.reason,
      (error: Error) => error.message,
    );
    expect(reason).toContain(message);
  });

  test("a pipeline's state changes arrive on the default bus of its region", async () => {
    await deploy({
      Rule: rule(
        { Arn: functionArn },
        { EventPattern: { source: ['aws.codepipeline'], detail: { state: ['STARTED'] } } },
      ),
      ...queue,
    });
    region.codePipeline.executionChanged({ pipeline: 'p', executionId: 'e', state: 'STARTED' });
    await clock.elapse(1_000);
    expect(deadLetters()).toMatchObject([{ body: { detail: { pipeline: 'p', 'execution-id': 'e' } } }]);
  });
});

test("CodeDeploy's state changes arrive on the default bus of its region", async () => {
  const account = await SmallAccount.open();
  try {
    const queueArn = 'arn:aws:sqs:eu-central-1:111122223333:undelivered';
    const Resources = {
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'undelivered' } },
      QueuePolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [{ Ref: 'Queue' }],
          PolicyDocument: {
            Statement: {
              Effect: 'Allow',
              Action: 'sqs:SendMessage',
              Principal: { Service: 'events.amazonaws.com' },
              Resource: queueArn,
            },
          },
        },
      },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: { source: ['aws.codedeploy'] },
          Targets: [
            {
              Id: 'a',
              Arn: 'arn:aws:lambda:eu-central-1:111122223333:function:missing',
              DeadLetterConfig: { Arn: queueArn },
            },
          ],
        },
      },
    };
    const template = { body: JSON.stringify({ Resources }) };
    await account.clock.spawn(() =>
      account.clock.waitFor(account.region.cloudFormation.deploy({ stackName: 'rules', template })),
    );
    const release = async (props: ShopProps) => account.deploy(await account.package(props));
    await release({ code: 'exports.handler = async () => 1' });
    await release({ code: 'exports.handler = async () => 2' });
    await account.clock.elapse(1_000);
    const events = account.region.sqs.messages('undelivered').map(({ body }) => JSON.parse(body));
    expect(events.map(({ detail }) => detail.state)).toEqual(['START', 'SUCCESS']);
    expect(events[0]).toMatchObject({ region: 'eu-central-1', account: '111122223333', source: 'aws.codedeploy' });
  } finally {
    await account.close();
  }
});
