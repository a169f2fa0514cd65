import { newTraffic, readShift } from '../../preflight/shift';
import { asTemplate } from '../../preflight/template/template';

const template = (TrafficRoutingConfig: unknown) =>
  asTemplate(
    { Resources: { Slow: { Type: 'AWS::CodeDeploy::DeploymentConfig', Properties: { TrafficRoutingConfig } } } },
    'template',
  );

test('a configuration that the template defines has the routing of its properties', () => {
  const TimeBasedLinear = { LinearPercentage: 40, LinearInterval: 2 };
  expect(readShift(template({ Type: 'TimeBasedLinear', TimeBasedLinear }), { Ref: 'Slow' })).toEqual({
    name: 'Slow',
    steps: [
      { after: 0, weight: 0.4 },
      { after: 120, weight: 0.8 },
      { after: 240, weight: 1 },
    ],
    seconds: 240,
    longest: 360,
  });
});

test('the name of a preset gives its routing, and any other name gives none', () => {
  const none = asTemplate({ Resources: {} }, 'template');
  const shift = readShift(none, 'CodeDeployDefault.LambdaCanary10Percent5Minutes');
  expect(shift).toMatchObject({ name: 'Canary10Percent5Minutes', seconds: 300, longest: 300 });
  expect(newTraffic(shift!, 240, 360)).toBeCloseTo(6 + 60);
  expect(readShift(none, 'shop-slowly')).toBeUndefined();
});

test('a configuration that only CloudFormation can resolve gives no routing', () => {
  const TimeBasedCanary = { CanaryPercentage: { Ref: 'Percentage' }, CanaryInterval: 5 };
  expect(readShift(template({ Type: 'TimeBasedCanary', TimeBasedCanary }), { Ref: 'Slow' })).toBeUndefined();
});
