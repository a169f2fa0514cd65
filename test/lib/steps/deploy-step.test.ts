import { Match } from 'aws-cdk-lib/assertions';
import { BUILD_SPEC, synthesise, TWO_ACCOUNTS, TWO_ENVIRONMENTS } from '../fixtures';

const { pipeline, build } = synthesise(TWO_ENVIRONMENTS);
const { phases } = build('prodDeploy').buildSpec;

test('a Deploy installs as Build does, on the same Node', () => {
  expect(phases.install['runtime-versions']).toEqual(BUILD_SPEC.phases.install['runtime-versions']);
  expect(phases.install.commands).toEqual([
    ...(BUILD_SPEC.phases.install.commands ?? []),
    expect.stringMatching(/ln -s -- "\$CODEBUILD_SRC_DIR_Build__package" "\.package"$/),
  ]);
});

test('credentials come from a profile, which the SDK can renew while the shift lasts', () => {
  expect(phases.pre_build?.commands?.slice(0, 2)).toEqual([
    'export AWS_CONFIG_FILE="$CODEBUILD_SRC_DIR/.aws-config" AWS_PROFILE=release',
    `printf '[profile release]\\nrole_arn = %s\\nrole_session_name = deploy\\ncredential_source = EcsContainer\\nregion = %s\\n' "$DEPLOY_ROLE_ARN" "$DEPLOY_REGION" > "$AWS_CONFIG_FILE"`,
  ]);
});

test('the package is checked before sls deploys it, so that none made for another stage is', () => {
  expect(phases.pre_build?.commands?.at(-1)).toBe('npx tsx bin/release.ts prepare');
});

test('sls waits for a rollback to end and deploys again what was rolled back', () => {
  expect(phases.build?.commands).toEqual([
    '(cd "$SERVICE_DIRECTORY" && npx sls deploy --verbose --force --stage "$STAGE" --region "$DEPLOY_REGION" --package "$CODEBUILD_SRC_DIR/$PACKAGE_DIRECTORY")',
  ]);
});

test('the release is concluded whatever became of sls', () => {
  expect(phases.post_build?.commands).toEqual(['npx tsx bin/release.ts conclude']);
});

test('a Deploy knows its environment from its variables alone', () => {
  expect(build('prodDeploy').variables).toMatchObject({
    STAGE: 'prod',
    STACK_NAME: 'greeter-prod',
    SERVICE_DIRECTORY: 'service',
    PACKAGE_DIRECTORY: '.package/prod',
    DEPLOY_REGION: { Ref: 'AWS::Region' },
  });
});

test('in another account a Deploy becomes the role of that account, and says the configured deployment type', () => {
  const { build: across } = synthesise(TWO_ACCOUNTS);
  expect(across('prodDeploy').variables).toMatchObject({
    DEPLOY_REGION: 'eu-central-1',
    DEPLOY_ROLE_ARN: 'arn:aws:iam::222222222222:role/release/greeter-prod-deploy',
  });
  expect(across('prodDeploy').buildSpec.phases.build?.commands?.[0]).toContain(
    ' --param=deploymentType=Linear10PercentEvery10Minutes ',
  );
});

test("the time limit is that of the service's own shift and hooks", () => {
  expect(build('prodDeploy').properties.TimeoutInMinutes).toBe(155);
});

test('what a Deploy runs as may become the deploy role of its environment and no other role', () => {
  const policies = pipeline.findResources('AWS::IAM::Policy', {
    Properties: { Roles: [{ Ref: Match.stringLikeRegexp('^proddeployactionrole') }] },
  });
  const statements = Object.values(policies).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
  expect(statements.filter(({ Action }) => [Action].flat().some((action) => action.startsWith('sts:')))).toEqual([
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Resource: {
        'Fn::Join': [
          '',
          ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, ':role/release/greeter-prod-deploy'],
        ],
      },
    },
  ]);
});
