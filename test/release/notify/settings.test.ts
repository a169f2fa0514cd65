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

test('all mistakes are told at once', () => {
  const { role: _, ...lacking } = prod;
  expect(() => readSettings({ ENVIRONMENTS: JSON.stringify([{ ...lacking, region: 7 }]) })).toThrow(
    new TypeError(
      "the notifier's environment variables are wrong: TOPIC_ARN is not set; PIPELINE_NAME is not set; " +
        'ENVIRONMENTS[0].region is 7, it must be a text; ENVIRONMENTS[0].role is missing, it must be a text; ' +
        "the pipeline's stack sets them, so deploy it again",
    ),
  );
});

test.each([
  ['[', /ENVIRONMENTS is no JSON \(.+\), it must be \[\{"name","stack","account","region","role"\}, …\]/],
  ['[]', /ENVIRONMENTS is \[\], it must be/],
  ['[null]', /ENVIRONMENTS\[0\]\.name is missing/],
])('no environments at all are refused: %s', (ENVIRONMENTS, message) => {
  expect(() => readSettings({ ...variables, ENVIRONMENTS })).toThrow(message);
});
