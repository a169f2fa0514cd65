import { StopDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { deployGuarded, holdWhen } from '../guarded-shop';
import { scope } from '../small-account';
import { idOf, NotifiedShop } from './notified-shop';

let shop: NotifiedShop;

beforeEach(async () => {
  shop = await NotifiedShop.open();
  await deployGuarded(shop.account, { commit: 'a' });
});
afterEach(() => shop.close());

test('two functions that fail at the same instant cause one message', async () => {
  const record = await shop.begin('two');
  const before = shop.sent.length;
  const stops = shop.stops.length;
  const releasing = deployGuarded(shop.account, { commit: 'd' });
  const started = () =>
    shop.events.filter(
      ({ source, detail }) => source === 'aws.codedeploy' && 'state' in detail && detail.state === 'START',
    );
  const running = started().length;
  const shifting = await holdWhen(shop.account, () => started().length === running + 2);
  const stopped = started().slice(running).map(idOf);
  for (const deploymentId of stopped) {
    await shop.account.clients.codeDeploy.send(new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: true }));
  }
  shifting();
  const open = await holdWhen(shop.account, () => shop.stops.length === stops + 2);
  const answers = await Promise.all(shop.stops.slice(stops).map((stop) => shop.handle(stop)));
  open();
  await releasing;
  expect(answers.map((answer) => answer.replace(/:.*/s, '')).sort()).toEqual(['already claimed', 'sent']);
  await shop.conclude(record);
  await shop.handle(shop.deployed(record, 'FAILED'));
  expect(shop.sent.slice(before)).toMatchObject([{ outcome: 'rolled-back' }]);
});

test('a stop before CloudFormation has named the deployment is retried, and announced when it never does', async () => {
  const record = await shop.begin('unnamed');
  const releasing = deployGuarded(shop.account, { commit: 'e', hook: 'Failed' });
  const open = await holdWhen(shop.account, () => shop.account.status === 'UPDATE_IN_PROGRESS');
  const time = shop.account.clock.date().toISOString();
  const stray = {
    source: 'aws.codedeploy',
    'detail-type': 'CodeDeploy Deployment State-change Notification',
    account: scope.accountId,
    region: scope.region,
    time,
    detail: {
      deploymentId: 'd-UNNAMED01',
      state: 'STOP',
      application: 'shop-prod-Shifts-1',
      deploymentGroup: 'shop-prod-Hello-1',
    },
  };
  await expect(shop.handle(stray)).rejects.toThrow(
    'd-UNNAMED01 has stopped during an update of shop-prod, but CloudFormation does not name it yet; trying again later',
  );
  const late = { ...stray, time: new Date(shop.account.clock.now() - 60_000).toISOString() };
  expect(await shop.handle(late)).toBe(
    'sent: shop-prod, outside the pipeline: deployment d-UNNAMED01 stopped, CodeDeploy gave no reason',
  );
  open();
  await releasing;
  await shop.conclude(record);
});
