import { readSettings } from '../../../release/notify/settings';
import { writeEnvironments } from '../../../release/notify/watched-environments';

const ROLE = 'arn:aws:iam::{account}:role/release/{stack}-watch';
const prod = {
  name: 'prod',
  stack: 'shop-prod',
  account: '111122223333',
  region: 'eu-central-1',
  role: 'arn:aws:iam::111122223333:role/release/shop-prod-watch',
};
const variables = {
  TOPIC_ARN: 'arn:aws:sns:eu-central-1:111122223333:pipeline-releases',
  PIPELINE_NAME: 'pipeline',
  ENVIRONMENTS: JSON.stringify(writeEnvironments([prod], ROLE)),
};

test('the settings are read from the environment variables', () => {
  expect(readSettings(variables)).toEqual({
    topicArn: variables.TOPIC_ARN,
    pipeline: 'pipeline',
    environments: [prod],
  });
});

test('environments of which the stacks are not named alike are read as they were written', () => {
  const odd = { ...prod, name: 'staging', stack: 'shop-test-staging' };
  const ENVIRONMENTS = JSON.stringify(writeEnvironments([prod, odd], ROLE));
  expect(readSettings({ ...variables, ENVIRONMENTS }).environments).toEqual([
    prod,
    { ...odd, role: 'arn:aws:iam::111122223333:role/release/shop-test-staging-watch' },
  ]);
});

test('all problems are reported at once', () => {
  const ENVIRONMENTS = JSON.stringify({
    ...JSON.parse(variables.ENVIRONMENTS),
    environments: ['prod 1 eu-central-1', 'prod'],
  });
  expect(() => readSettings({ ENVIRONMENTS })).toThrow(
    new TypeError(
      "the notifier's environment variables are not valid: TOPIC_ARN is not set; PIPELINE_NAME is not set; " +
        'ENVIRONMENTS.environments[1] is "prod", it must be "name account region"; ' +
        "the pipeline's stack sets them, so deploy it again",
    ),
  );
});

test.each([
  ['[', /ENVIRONMENTS is not JSON \(.+\), it must be \{"stack","role","environments":\["name account region", …\]\}/],
  ['[]', /ENVIRONMENTS is \[\], it must be/],
  ['null', /ENVIRONMENTS is null, it must be/],
  ['{"stack":"{name}","role":"x","environments":[]}', /it must be/],
  ['{"stack":"{name}","role":"x","environments":[7]}', /ENVIRONMENTS\.environments\[0\] is 7/],
])('what are no environments is refused: %s', (ENVIRONMENTS, message) => {
  expect(() => readSettings({ ...variables, ENVIRONMENTS })).toThrow(message);
});
