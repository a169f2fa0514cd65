import { packageVariables } from '../../../lib/steps/build-step';

const BUILD_VARIABLES = {
  PROD_CLOUDFORMATION_ROLE_ARN: 'arn:aws:iam::111111111111:role/release/greeter-prod-cloudformation',
  PROD_ALARM_TOPIC_ARN: 'arn:aws:sns:eu-central-1:111111111111:greeter-prod-alarms',
  PROD_EU_ALARM_TOPIC_ARN: 'arn:aws:sns:eu-west-1:111111111111:greeter-prod-eu-alarms',
};

test('a package gets the role and the topic of its own environment', () => {
  expect(packageVariables('prod', BUILD_VARIABLES)).toEqual({
    CLOUDFORMATION_ROLE_ARN: BUILD_VARIABLES.PROD_CLOUDFORMATION_ROLE_ARN,
    ALARM_TOPIC_ARN: BUILD_VARIABLES.PROD_ALARM_TOPIC_ARN,
  });
  expect(packageVariables('prod-eu', BUILD_VARIABLES)).toEqual({
    ALARM_TOPIC_ARN: BUILD_VARIABLES.PROD_EU_ALARM_TOPIC_ARN,
  });
});

test('outside of the pipeline a package gets neither', () => {
  expect(packageVariables('prod', {})).toEqual({});
});
