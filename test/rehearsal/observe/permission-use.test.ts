import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '../../../embedded-aws/clock';
import { Random } from '../../../embedded-aws/random';
import { World } from '../../../embedded-aws/world';
import { dropEachGrant } from '../../../rehearsal/observe/permission-drop';
import { readPermissionUse } from '../../../rehearsal/observe/permission-use';

const scope = { accountId: '111122223333', region: 'eu-central-1' };

const CONNECTION = 'arn:aws:codeconnections:::connection/04549592-47d8-ad27-f5b2-cb0d8deee502';

let world: World;
let directory: string;
let clock: VirtualClock;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'permission-use-'));
  clock = new VirtualClock(new Date(0));
  world = new World({ clock, random: new Random(1), directory });
});
afterEach(async () => {
  await world.close();
  rmSync(directory, { recursive: true });
});

/** Deploys a stack with one role, which may read and write a bucket. */
async function deploy(stackName: string): Promise<string> {
  const bucket = `arn:aws:s3:::${stackName}`;
  const Resources = {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
        },
        Policies: [
          {
            PolicyName: 'own',
            PolicyDocument: {
              Statement: [
                { Effect: 'Allow', Action: ['s3:PutObject', 's3:Get*'], Resource: bucket },
                { Effect: 'Deny', Action: 's3:GetSecret', Resource: '*' },
                {
                  Effect: 'Allow',
                  Action: 's3:ListBucket',
                  Resource: [`arn:aws:s3:::assets-${scope.accountId}-eu`, CONNECTION],
                  Condition: { Bool: { 'aws:SecureTransport': true } },
                },
              ],
            },
          },
        ],
      },
    },
  };
  const template = { body: JSON.stringify({ Resources }) };
  const { cloudFormation } = world.region(scope);
  const request = { stackName, template, capabilities: ['CAPABILITY_IAM'] };
  const { stack } = await clock.spawn(() => clock.waitFor(cloudFormation.deploy(request)));
  return stack.resources.get('Role')!.physical.attributes.Arn!;
}

function call(roleArn: string, action: string, resource: string): void {
  world.access.checkRole({ service: 'lambda.amazonaws.com', roleArn, session: 's' }, { action, resource });
}

test('the roles of the last environment are read, with what was used in any', async () => {
  const staging = await deploy('shop-staging');
  await deploy('shop-prod');
  await deploy('pipeline');
  call(staging, 's3:PutObject', 'arn:aws:s3:::shop-staging');
  call(staging, 's3:GetObject', 'arn:aws:s3:::other');
  const use = readPermissionUse(world, ['shop-staging', 'shop-prod']);
  expect(use.map(({ stack, role }) => [stack, role])).toEqual([
    ['shop-prod', 'shop-prod-Role-<id>'],
    ['pipeline', 'pipeline-Role-<id>'],
  ]);
  expect(use[0]).toMatchObject({
    logicalId: 'Role',
    granted: [
      { action: 's3:Get*', resources: ['arn:aws:s3:::shop-prod'], conditions: [], used: false },
      {
        action: 's3:ListBucket',
        // Account ids are not generated.
        resources: ['arn:aws:s3:::assets-111122223333-eu', 'arn:aws:codeconnections:::connection/<id>'],
        conditions: ['Bool aws:securetransport true'],
        used: false,
      },
      { action: 's3:PutObject', used: true },
    ],
  });
  expect(use[1]!.granted.map(({ used }) => used)).toEqual([false, false, false]);
});

test('each grant that allowed a call is dropped, which names the calls that it allowed', async () => {
  const role = await deploy('shop-prod');
  call(role, 's3:GetObject', 'arn:aws:s3:::shop-prod');
  call(role, 's3:GetBucketLocation', 'arn:aws:s3:::shop-prod');
  call(role, 's3:DeleteObject', 'arn:aws:s3:::shop-prod');
  expect([...dropEachGrant(world.access.record.decided)]).toEqual([
    [`${role} s3:Get*`, ['s3:GetObject', 's3:GetBucketLocation']],
  ]);
});

test('a call that two grants allow is not denied without one of them', async () => {
  const role = await deploy('shop-prod');
  const Statement = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
  world.account(scope.accountId).role(role.split('/')[1]!).inlinePolicies.set('all', { Statement });
  call(role, 's3:PutObject', 'arn:aws:s3:::shop-prod');
  expect([...dropEachGrant(world.access.record.decided)].map(([, denied]) => denied)).toEqual([[], []]);
});
