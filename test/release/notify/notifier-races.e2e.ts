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

test('two functions that fail at the same instant give one message', async () => {
  const record = await shop.begin('two');
  const before = shop.told.length;
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
  const answers = await Promise.all(shop.stops.slice(stops).map((stop) => shop.tell(stop)));
  open();
  await releasing;
  expect(answers.map((answer) => answer.replace(/:.*/s, '')).sort()).toEqual(['told', 'told already']);
  await shop.conclude(record);
  await shop.tell(shop.deployed(record, 'FAILED'));
  expect(shop.told.slice(before)).toMatchObject([{ outcome: 'rolled-back' }]);
});

test('a stop before CloudFormation has named the deployment is asked about again, and told when it never does', async () => {
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
  await expect(shop.tell(stray)).rejects.toThrow(
    'd-UNNAMED01 has stopped while shop-prod is updated, but CloudFormation does not name it yet; asking again later',
  );
  const late = { ...stray, time: new Date(shop.account.clock.now() - 60_000).toISOString() };
  expect(await shop.tell(late)).toBe(
    'told: shop-prod stopped outside of a release: d-UNNAMED01, CodeDeploy does not say why',
  );
  open();
  await releasing;
  await shop.conclude(record);
});
