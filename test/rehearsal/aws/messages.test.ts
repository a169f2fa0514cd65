import { GetParameterCommand, GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { nest } from '../../../rehearsal/aws/protocol/query';
import { SmallWorld } from './small-world';

let world: SmallWorld;
let config: Awaited<ReturnType<SmallWorld['open']>>;

beforeEach(async () => {
  world = new SmallWorld();
  config = await world.open();
});
afterEach(() => world.close());

/** There is no SNS client among the installed packages; the Query protocol is a form. */
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

test('a stack makes topics, and e-mail subscriptions that stay pending', async () => {
  const Resources = {
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'releases' } },
    Policy: { Type: 'AWS::SNS::TopicPolicy', Properties: { Topics: [{ Ref: 'Topic' }], PolicyDocument: {} } },
    Mail: {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'email', Endpoint: 'team@example.com' },
    },
  };
  const request = { stackName: 'app', template: { body: JSON.stringify({ Resources }) } };
  const { stack } = await world.clock.spawn(() => world.clock.waitFor(world.cloudformation.deploy(request)));
  expect(stack.status).toBe('CREATE_COMPLETE');
  const TopicArn = 'arn:aws:sns:eu-central-1:111111111111:releases';
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

test('a subscription that would have to be delivered is refused by name', async () => {
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

test('a parameter of the parameter store is read by its name, and has a version', async () => {
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
