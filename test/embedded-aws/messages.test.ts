import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetParameterCommand, GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { nest } from '../../embedded-aws/protocol/query';
import { SmallWorld } from './small-world';

const TopicArn = 'arn:aws:sns:eu-central-1:111111111111:releases';

let world: SmallWorld;
let config: Awaited<ReturnType<SmallWorld['open']>>;

beforeEach(async () => {
  world = new SmallWorld();
  config = await world.open();
});
afterEach(() => world.close());

/** @returns Response of a call of the Query protocol, as XML text. */
async function sns(form: Record<string, string>): Promise<string> {
  const response = await fetch(config.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `AWS4-HMAC-SHA256 Credential=${config.credentials.accessKeyId}/20300101/${config.region}/sns/aws4_request`,
    },
    body: new URLSearchParams(form),
  });
  return response.text();
}

test('a stack creates topics, and e-mail subscriptions that stay pending', async () => {
  const Resources = {
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'releases' } },
    Policy: {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: { Topics: [{ Ref: 'Topic' }], PolicyDocument: { Statement: [] } },
    },
    Mail: {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'email', Endpoint: 'team@example.com' },
    },
  };
  const request = { stackName: 'app', template: { body: JSON.stringify({ Resources }) } };
  const { stack } = await world.clock.spawn(() => world.clock.waitFor(world.cloudformation.deploy(request)));
  expect(stack.status).toBe('CREATE_COMPLETE');
  expect(stack.resources.get('Topic')?.physical).toEqual({
    id: TopicArn,
    attributes: { TopicArn, TopicName: 'releases' },
  });

  expect(await sns({ Action: 'ListTopics' })).toContain(`<TopicArn>${TopicArn}</TopicArn>`);
  const subscriptions = await sns({ Action: 'ListSubscriptionsByTopic', TopicArn });
  expect(subscriptions).toContain('<SubscriptionArn>PendingConfirmation</SubscriptionArn>');
  expect(subscriptions).toContain('<Endpoint>team@example.com</Endpoint>');

  expect(await sns({ Action: 'Publish', TopicArn, Subject: 'Released', Message: 'v2' })).toContain('<MessageId>');
  expect(world.sns.topic(TopicArn).messages).toMatchObject([
    { subject: 'Released', message: 'v2', at: world.clock.date() },
  ]);
  expect(await sns({ Action: 'Publish', TopicArn: `${TopicArn}-not`, Message: 'v2' })).toContain(
    '<Code>NotFound</Code>',
  );
  expect(nest(new URLSearchParams('Action=x'))).toEqual({});
});

describe('a message with attributes', () => {
  let client: SNSClient;
  beforeEach(() => {
    client = new SNSClient(config);
  });
  afterEach(() => client.destroy());

  async function topic(subscriptions: Record<string, object>): Promise<void> {
    const Resources = Object.fromEntries(
      Object.entries(subscriptions).map(([logicalId, filter]) => [
        logicalId,
        {
          Type: 'AWS::SNS::Subscription',
          Properties: {
            TopicArn: { Ref: 'Topic' },
            Protocol: 'email',
            Endpoint: `${logicalId}@example.com`,
            ...filter,
          },
        },
      ]),
    );
    const Topic = { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'releases' } };
    const request = { stackName: 'app', template: { body: JSON.stringify({ Resources: { Topic, ...Resources } }) } };
    await world.clock.spawn(() => world.clock.waitFor(world.cloudformation.deploy(request)));
  }

  async function recipients(Message: string, attributes: Record<string, string> = {}): Promise<(string | undefined)[]> {
    const MessageAttributes = Object.fromEntries(
      Object.entries(attributes).map(([name, StringValue]) => [
        name,
        { DataType: StringValue.startsWith('[') ? 'String.Array' : 'String', StringValue },
      ]),
    );
    await client.send(new PublishCommand({ TopicArn, Subject: 's', Message, MessageAttributes }));
    const message = world.sns.topic(TopicArn).messages.at(-1);
    return message ? world.sns.recipients(TopicArn, message).map(({ endpoint }) => endpoint.split('@')[0]) : [];
  }

  test('is stored with them, and goes to the subscriptions whose filters admit it', async () => {
    await topic({
      everything: {},
      prod: { FilterPolicy: { environment: ['prod', 'live'] } },
      bad: { FilterPolicy: { outcome: [{ 'anything-but': ['released', 'unchanged'] }] } },
      both: {
        FilterPolicy: { environment: ['prod'], outcome: ['rolled-back'] },
        FilterPolicyScope: 'MessageAttributes',
      },
      body: { FilterPolicy: { release: { version: [7] } }, FilterPolicyScope: 'MessageBody' },
    });
    expect(await recipients('m', { environment: 'prod', outcome: 'released' })).toEqual(['everything', 'prod']);
    expect(world.sns.topic(TopicArn).messages).toMatchObject([
      { subject: 's', message: 'm', attributes: { environment: { DataType: 'String', StringValue: 'prod' } } },
    ]);
    expect(await recipients('m', { environment: 'prod', outcome: 'rolled-back' })).toEqual([
      'everything',
      'prod',
      'bad',
      'both',
    ]);
    expect(await recipients('m', { environment: '["staging","live"]' })).toEqual(['everything', 'prod']);
    expect(await recipients('{"release":{"version":7}}')).toEqual(['everything', 'body']);
  });

  test('is filtered by the changed policy after an update', async () => {
    await topic({ prod: { FilterPolicy: { environment: ['prod'] } } });
    await topic({ prod: { FilterPolicy: { environment: ['staging'] } } });
    expect(await recipients('m', { environment: 'prod' })).toEqual([]);
    expect(await recipients('m', { environment: 'staging' })).toEqual(['prod']);
  });

  test.each([
    [{ FilterPolicy: { environment: [{ prefix: 'pr' }] } }, 'does not support prefix in a filter policy'],
    [{ FilterPolicy: { environment: [{ exists: true }] } }, 'does not support exists in a filter policy'],
    [{ FilterPolicy: { a: ['b'] }, FilterPolicyScope: 'Subject' }, 'FilterPolicyScope: Invalid value [Subject]'],
  ])('cannot be filtered by %j, which is refused by name', async (filter, message) => {
    await topic({ prod: filter });
    const failed = world.cloudformation.events('app').find(({ status }) => status === 'CREATE_FAILED');
    expect(failed?.reason).toContain(message);
  });

  test.each([
    [{ Subject: 'a'.repeat(101) }, 'Invalid parameter: Subject'],
    [{ Subject: 'two\nlines' }, 'Invalid parameter: Subject'],
    [{ Message: '' }, 'Invalid parameter: Empty message'],
    [{ Message: 'x'.repeat(262_145) }, 'Invalid parameter: Message too long'],
    [
      { MessageAttributes: { a: { DataType: 'Binary', BinaryValue: new Uint8Array([1]) } } },
      'does not support sns: the message attribute a of type Binary',
    ],
  ])('is refused with %j: %s', async (parts, message) => {
    world.sns.createTopic('releases');
    await expect(client.send(new PublishCommand({ TopicArn, Subject: 's', Message: 'm', ...parts }))).rejects.toThrow(
      message,
    );
    expect(world.sns.topic(TopicArn).messages).toEqual([]);
  });
});

test('a subscription by a protocol other than e-mail is refused by name', async () => {
  const { arn } = world.sns.createTopic('t');
  const Resources = {
    Hook: { Type: 'AWS::SNS::Subscription', Properties: { TopicArn: arn, Protocol: 'https', Endpoint: 'https://x' } },
  };
  const request = { stackName: 'app', template: { body: JSON.stringify({ Resources }) } };
  const outcome = await world.clock.spawn(() => world.clock.waitFor(world.cloudformation.deploy(request)));
  expect(outcome.type).toBe('failed');
  const failed = world.cloudformation.events('app').find(({ status }) => status === 'CREATE_FAILED');
  expect(failed?.reason).toContain('does not support sns: a subscription by https');
});

test('an SSM parameter is read by its name, and has a version', async () => {
  const client = new SSMClient(config);
  world.ssm.put('/a', '1');
  world.ssm.put('/a', '2');
  expect((await client.send(new GetParameterCommand({ Name: '/a' }))).Parameter).toMatchObject({
    Value: '2',
    Version: 2,
    ARN: 'arn:aws:ssm:eu-central-1:111111111111:parameter/a',
  });
  expect(await client.send(new GetParametersCommand({ Names: ['/a', '/b'] }))).toMatchObject({
    Parameters: [{ Name: '/a' }],
    InvalidParameters: ['/b'],
  });
  await expect(client.send(new GetParameterCommand({ Name: '/b' }))).rejects.toMatchObject({
    name: 'ParameterNotFound',
  });
  client.destroy();
});
