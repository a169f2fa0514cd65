import { releaseNames } from '../../lib/names/release-names';
import type { ServiceDescription } from '../../lib/service/service-description';
import { refuseExcesses } from '../../lib/stack-limits';
import { synthesise, TWO_ENVIRONMENTS } from './fixtures';

const NAME = 'customer-notification';

/** @returns A service of that many functions that canaries release. */
function functions(count: number): ServiceDescription {
  const names = Array.from({ length: count }, (_, index) => `send-a-notification-${index}`);
  return {
    name: NAME,
    shifts: names.map((name) => ({
      function: name,
      functionName: `${releaseNames(NAME, 'prod').serviceStack}-${name}`,
      deploymentType: 'AllAtOnce',
      hooks: [],
    })),
  };
}

test('the dashboard of an environment has room for more functions than fit into a service', () => {
  const { app } = synthesise({ ...TWO_ENVIRONMENTS, environments: [{ name: 'prod' }] }, functions(100));
  expect(() => refuseExcesses(app.synth())).not.toThrow();
});

test('permissions that do not fit into a role are refused', () => {
  const deployPermissions = Array.from({ length: 100 }, (_, index) => ({
    actions: ['dynamodb:CreateTable', 'dynamodb:DeleteTable'],
    resources: [`arn:{partition}:dynamodb:{region}:{account}:table/{stack}-table-number-${index}`],
  }));
  const { app } = synthesise({ ...TWO_ENVIRONMENTS, deployPermissions });
  expect(() => refuseExcesses(app.synth())).toThrow(
    /greeter-prod-release Resources\.CloudFormationRole\w+\.Properties\.Policies: [\d,]+ characters for the inline policies .* 10,240; write fewer deployPermissions/,
  );
});
