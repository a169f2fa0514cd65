import { VirtualClock } from '../../../embedded-aws/clock';
import { Random } from '../../../embedded-aws/random';
import { Sns } from '../../../embedded-aws/sns/sns';
import { notificationsSince } from '../../../rehearsal/observe/notifications';

test('all messages to the given topics since an instant are returned, with their recipients', async () => {
  const clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'));
  const scope = { accountId: '111111111111', region: 'eu-central-1' };
  const sns = new Sns({ scope, clock, random: new Random(1) });
  const [topic, other] = [sns.createTopic('releases').arn, sns.createTopic('alarms').arn];
  sns.subscribe(topic, 'email', 'team@example.com');
  const attributes = { environment: { DataType: 'String', StringValue: 'prod' } };
  sns.publish(topic, 'before', 'too early');
  await clock.elapse(60_000);
  const since = clock.now();
  sns.publish(topic, 'released', 'all is well', attributes);
  sns.publish(other, 'ALARM', 'another topic');
  expect(notificationsSince({ sns }, [topic], since)).toEqual([
    {
      at: '2030-01-01T00:01:00.000Z',
      subject: 'released',
      message: 'all is well',
      attributes: { environment: 'prod' },
      to: ['team@example.com'],
    },
  ]);
});
