import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { SmallWorld } from './small-world';

let world: SmallWorld;
let client: CloudWatchLogsClient;

beforeAll(async () => {
  world = new SmallWorld();
  client = new CloudWatchLogsClient(await world.open());
  world.logs.write('/aws/lambda/hello', 'b', 2000, 'second ERROR');
  world.logs.write('/aws/lambda/hello', 'a', 1000, 'first');
  world.logs.write('/aws/lambda/hello', 'a', 3000, 'third ERROR "quoted words"');
});
afterAll(async () => {
  client.destroy();
  await world.close();
});

const logGroupName = '/aws/lambda/hello';

test('lines are ordered by time, in a group that writing creates', () => {
  expect(world.logs.read(logGroupName).map(({ at, stream }) => [at, stream])).toEqual([
    [1000, 'a'],
    [2000, 'b'],
    [3000, 'a'],
  ]);
  expect(() => world.logs.read('none')).toThrow('The specified log group does not exist.');
});

test('lines are filtered by time, stream and terms, in pages', async () => {
  const find = async (input: object) =>
    (await client.send(new FilterLogEventsCommand({ logGroupName, ...input }))).events?.map(
      ({ timestamp }) => timestamp,
    );
  expect(await find({})).toEqual([1000, 2000, 3000]);
  expect(await find({ startTime: 2000, endTime: 2500 })).toEqual([2000]);
  expect(await find({ logStreamNames: ['a'], filterPattern: 'ERROR "quoted words"' })).toEqual([3000]);
  const { nextToken } = await client.send(new FilterLogEventsCommand({ logGroupName, limit: 2 }));
  expect(await find({ nextToken })).toEqual([3000]);
  await expect(find({ filterPattern: '{ $.level = "ERROR" }' })).rejects.toThrow(
    'does not support logs: the filter pattern',
  );
});

test('a stream is read from its head or its tail', async () => {
  const read = (input: object) => client.send(new GetLogEventsCommand({ logGroupName, logStreamName: 'a', ...input }));
  expect((await read({ startFromHead: true, limit: 1 })).events?.map(({ message }) => message)).toEqual(['first']);
  const tail = await read({ limit: 1 });
  expect(tail.events?.map(({ timestamp }) => timestamp)).toEqual([3000]);
  expect((await read({ nextToken: tail.nextForwardToken })).nextForwardToken).toBe(tail.nextForwardToken);
  const { logStreams } = await client.send(new DescribeLogStreamsCommand({ logGroupName, orderBy: 'LastEventTime' }));
  expect(logStreams?.map(({ logStreamName }) => logStreamName)).toEqual(['b', 'a']);
});

test('a stack creates groups with a retention, and fails when a group exists', async () => {
  const deploy = (LogGroupName: string) => {
    const Resources = { G: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName, RetentionInDays: 14 } } };
    const request = { stackName: `s${LogGroupName.length}`, template: { body: JSON.stringify({ Resources }) } };
    return world.clock.spawn(() => world.clock.waitFor(world.cloudformation.deploy(request)));
  };
  const { stack } = await deploy('/app');
  expect(stack.resources.get('G')?.physical).toEqual({
    id: '/app',
    attributes: { Arn: 'arn:aws:logs:eu-central-1:111111111111:log-group:/app:*' },
  });
  const { logGroups } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/app' }));
  expect(logGroups).toMatchObject([{ logGroupName: '/app', retentionInDays: 14 }]);
  expect((await deploy(logGroupName)).type).toBe('failed');
});
