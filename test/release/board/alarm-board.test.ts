import { PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { AlarmBoard } from '../../../release/board/alarm-board';
import { renderBoard } from '../../../release/board/render-board';
import { Ledger, type ReleaseRecord } from '../../../release/ledger/ledger';
import { makeLedger } from '../ledger/ledger-stack';
import { rolledBack } from '../releases';
import { SmallAccount, scope, target } from '../small-account';

let account: SmallAccount;
beforeAll(async () => {
  account = await SmallAccount.open();
});
afterAll(() => account.close());

const prod = {
  name: 'prod',
  stack: target.stackName,
  account: scope.accountId,
  region: scope.region,
  role: 'arn:aws:iam::111122223333:role/release/shop-prod-watch',
};
const board = () => new AlarmBoard({ environments: [prod], clients: () => account.clients });

async function alarm(AlarmName: string, StateValue?: 'ALARM' | 'OK', StateReason = 'so'): Promise<void> {
  const { cloudWatch } = account.clients;
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName,
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    }),
  );
  if (StateValue) await cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason }));
}

function row(reason: string, state: string, name: string): string {
  return `<tr title="${reason}"><td>${state}</td><td>${name}</td><td>2030-01-01 00:00 UTC</td></tr>`;
}

test('what cannot be read is named, and the rest is shown', async () => {
  expect(await board().draw({ environment: 'prod' })).toMatch(
    /^<p>There are no alarms whose name begins with shop-prod-<\/p>\n<p>⚠ could not read the ledger \(ResourceNotFoundException: .*\)<\/p>$/,
  );
});

test("an environment's alarms are shown, worst first, with the last release", async () => {
  await makeLedger(account);
  await alarm('shop-prod-hello-v7-errors', 'OK');
  await alarm('shop-prod-hello-v8-latency', 'ALARM', 'p90 <was> 2,000');
  await alarm('shop-prod-hello-v8-errors');
  await alarm('shop-staging-hello-v3-errors', 'ALARM');
  const ledger = new Ledger(account.clients.dynamoDb, target.stackName, account.clock.now.bind(account.clock));
  const record: ReleaseRecord = {
    build: 'PipelineStack-Deploy:1',
    began: '2030-01-01T00:00:10.000Z',
    baseline: {
      stackName: target.stackName,
      since: '2030-01-01T00:00:10.000Z',
    } as unknown as ReleaseRecord['baseline'],
  };
  expect(await board().draw({ environment: 'prod' })).toContain('<p>No release has been recorded yet</p>');

  await ledger.begin(record);
  expect(await board().draw({ environment: 'prod' })).toContain(
    '<p>A release has been in progress since 2030-01-01 00:00 UTC</p>',
  );

  await ledger.conclude(record, rolledBack, '2030-01-01T00:06:41.000Z');
  expect(await board().draw({ environment: 'prod' })).toBe(
    [
      '<p>Last release, 2030-01-01 00:06 UTC: <b>rolled back: shop-prod-hello v7 stopped by alarm ' +
        'shop-prod-hello-v7-errors at 10 % after 2 min 11 s; v6 serves 100 % again</b></p>',
      '<table>',
      '<tr><th>State</th><th>Alarm</th><th>Since</th></tr>',
      row('p90 &lt;was&gt; 2,000', '✖ in alarm', 'shop-prod-hello-v8-latency'),
      row('Unchecked: Initial alarm creation', '○ no data', 'shop-prod-hello-v8-errors'),
      row('so', '✔ OK', 'shop-prod-hello-v7-errors'),
      '</table>',
    ].join('\n'),
  );
});

test('the widget has a description for its editor', async () => {
  expect(await board().draw({ describe: true })).toContain('environment: prod');
});

test('an unknown environment is refused with the known ones', async () => {
  await expect(board().draw({ environment: 'production' })).rejects.toThrow(
    'environment: "production"; write one of prod',
  );
});

test('a name cannot inject HTML', () => {
  const alarms = [{ name: 'a<b>&"c"', state: 'NEW', reason: '<script>' }];
  expect(renderBoard({ stack: 'shop', alarms, last: undefined, unread: [] })).toBe(
    '<table>\n<tr><th>State</th><th>Alarm</th><th>Since</th></tr>\n' +
      '<tr title="&lt;script&gt;"><td>NEW</td><td>a&lt;b&gt;&amp;&quot;c&quot;</td><td></td></tr>\n</table>',
  );
});
