import { releaseClients } from '../../../release/aws/clients';
import { Console } from '../../../release/aws/console';

test.each([
  ['eu-central-1', 'https://eu-central-1.console.aws.amazon.com/'],
  ['cn-north-1', 'https://cn-north-1.console.amazonaws.cn/'],
  ['us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/'],
])('the console of %s is that of its partition', (region, origin) => {
  expect(new Console(region).deployment('d-1')).toBe(`${origin}codesuite/codedeploy/deployments/d-1?region=${region}`);
});

test('names are escaped as the console requires', () => {
  const console = new Console('eu-central-1');
  expect(console.execution('shop', '1-2')).toMatch(
    /\/codesuite\/codepipeline\/pipelines\/shop\/executions\/1-2\/timeline\?region=eu-central-1$/,
  );
  expect(console.alarm('api 5xx/v7')).toMatch(/#alarmsV2:alarm\/api%205xx%2Fv7$/);
  expect(console.stack('arn:aws:cloudformation:eu-central-1:1:stack/shop/1')).toMatch(
    /#\/stacks\/events\?stackId=arn%3Aaws%3Acloudformation%3Aeu-central-1%3A1%3Astack%2Fshop%2F1$/,
  );
});

test('where the console is not public there is no address', () => {
  expect(new Console('us-iso-east-1').deployment('d-1')).toBeUndefined();
});

describe('the clients of a release', () => {
  const { AWS_ENDPOINT_URL } = process.env;
  beforeEach(() => {
    delete process.env.AWS_ENDPOINT_URL;
  });
  afterAll(() => {
    if (AWS_ENDPOINT_URL) process.env.AWS_ENDPOINT_URL = AWS_ENDPOINT_URL;
  });

  test('have a console for AWS itself', () => {
    expect(releaseClients('eu-central-1').console.deployment('d-1')).toContain('/deployments/d-1');
  });

  test('have none for a custom endpoint, given or set in the environment', () => {
    const { console } = releaseClients('eu-central-1', { endpoint: 'http://127.0.0.1:4566' });
    expect(console.deployment('d-1')).toBeUndefined();
    process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:4566';
    expect(releaseClients('eu-central-1').console.deployment('d-1')).toBeUndefined();
  });
});
