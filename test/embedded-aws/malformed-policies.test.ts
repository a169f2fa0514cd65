import { SmallWorld } from './small-world';

let world: SmallWorld;

beforeEach(() => {
  world = new SmallWorld();
});

const allow = (more: object = {}) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...more }],
});
const trust = (more: object = {}) => ({
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' }, ...more }],
});
const role = (more: object = {}) => ({
  Type: 'AWS::IAM::Role',
  Properties: { RoleName: 'shop', AssumeRolePolicyDocument: trust(), ...more },
});
const inline = (document: object) => ({ Policies: [{ PolicyName: 'own', PolicyDocument: document }] });
const managed = (document: object) => ({
  Type: 'AWS::IAM::ManagedPolicy',
  Properties: { ManagedPolicyName: 'managed', PolicyDocument: document },
});

/** @returns Why a resource failed; undefined when the stack was created or updated. */
async function refusal(Resources: object): Promise<string | undefined> {
  const body = JSON.stringify({ Resources });
  const request = { stackName: 'app', template: { body }, capabilities: ['CAPABILITY_NAMED_IAM' as const] };
  const { type, stack } = await world.clock.spawn(() => world.clock.waitFor(world.cloudformation.deploy(request)));
  if (type === 'succeeded') return undefined;
  return stack.events.all.findLast(({ status }) => /^(CREATE|UPDATE)_FAILED$/.test(status))?.reason;
}

test.each<[string, object, string]>([
  [
    'an inline policy of a role',
    { R: role(inline(allow({ Sid: 'a-b' }))) },
    'Statement IDs (SID) must be alpha-numeric',
  ],
  [
    'a trust policy',
    { R: role({ AssumeRolePolicyDocument: trust({ Resource: '*' }) }) },
    'Has prohibited field Resource',
  ],
  [
    'AWS::IAM::Policy',
    {
      R: role(),
      P: {
        Type: 'AWS::IAM::Policy',
        Properties: { PolicyName: 'p', Roles: [{ Ref: 'R' }], PolicyDocument: allow({ Principal: '*' }) },
      },
    },
    'Policy document should not specify a principal.',
  ],
  ['a managed policy', { M: managed({ Version: '2012-10-17', Statement: [] }) }, 'Syntax errors in policy.'],
])('%s that is malformed is not stored', async (_, resources, message) => {
  expect(await refusal(resources)).toContain(message);
  expect(world.iam.findRole('shop')?.inlinePolicies.size ?? 0).toBe(0);
});

test('an update to a malformed policy fails, and the policy stays as it was', async () => {
  expect(await refusal({ R: role(inline(allow())), M: managed(allow()) })).toBeUndefined();
  const { inlinePolicies } = world.iam.role('shop');
  const broken = allow({ Effect: 'allow' });
  for (const resources of [
    { R: role(inline(broken)), M: managed(allow()) },
    { R: role(inline(allow())), M: managed(broken) },
    { R: role({ ...inline(allow()), AssumeRolePolicyDocument: trust({ Effect: 'allow' }) }), M: managed(allow()) },
  ]) {
    expect(await refusal(resources)).toBe('The policy failed legacy parsing');
    expect(inlinePolicies.get('own')).toEqual(allow());
    expect(world.iam.role('shop').trustPolicy).toEqual(trust());
    expect(world.iam.managedPolicy(`arn:aws:iam::${world.scope.accountId}:policy/managed`).document).toEqual(allow());
  }
});
