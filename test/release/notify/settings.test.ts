import { readSettings } from '../../../release/notify/settings';

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
  ENVIRONMENTS: JSON.stringify([prod]),
};

test('the settings are read from the environment variables', () => {
  expect(readSettings(variables)).toEqual({
    topicArn: variables.TOPIC_ARN,
    pipeline: 'pipeline',
    environments: [prod],
  });
});

test('all problems are reported at once', () => {
  const { role: _, ...lacking } = prod;
  expect(() => readSettings({ ENVIRONMENTS: JSON.stringify([{ ...lacking, region: 7 }]) })).toThrow(
    new TypeError(
      "the notifier's environment variables are not valid: TOPIC_ARN is not set; PIPELINE_NAME is not set; " +
        'ENVIRONMENTS[0].region is 7, it must be a non-empty string; ENVIRONMENTS[0].role is missing, it must be a non-empty string; ' +
        "the pipeline's stack sets them, so deploy it again",
    ),
  );
});

test.each([
  ['[', /ENVIRONMENTS is not JSON \(.+\), it must be \[\{"name","stack","account","region","role"\}, …\]/],
  ['[]', /ENVIRONMENTS is \[\], it must be/],
  ['[null]', /ENVIRONMENTS\[0\]\.name is missing/],
])('a list without valid environments is refused: %s', (ENVIRONMENTS, message) => {
  expect(() => readSettings({ ...variables, ENVIRONMENTS })).toThrow(message);
});
