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
  expect(phases.pre_build?.commands?.at(-1)).toBe('node --import tsx bin/release.ts prepare');
});

test('sls waits for a rollback to end and deploys again what was rolled back; how it ended is kept', () => {
  expect(phases.build?.commands).toEqual([
    'export SLS_DEPLOY_STATUS=0; (cd "$SERVICE_DIRECTORY" && npx sls deploy --verbose --force --stage "$STAGE" --region "$DEPLOY_REGION" --package "$CODEBUILD_SRC_DIR/$PACKAGE_DIRECTORY") || export SLS_DEPLOY_STATUS=$?',
  ]);
});

test('the release is concluded whatever became of sls, and fails in a command that says how', () => {
  expect(phases.post_build?.commands).toEqual([
    'node --import tsx bin/release.ts conclude',
    '. ./.release/outcome.env',
    `test "$RELEASE_OUTCOME" != rolled-back || ! echo 'ROLLED BACK; the verdict stands above'`,
    `test "$RELEASE_FAILED_PHASE" != before-cloudformation || ! echo 'FAILED before CloudFormation, no traffic shifted; the verdict stands above'`,
    `test "$RELEASE_FAILED_PHASE" != cloudformation || ! echo 'FAILED in CloudFormation, no traffic shifted; the verdict stands above'`,
    `test "$RELEASE_FAILED_PHASE" != after-cloudformation || ! echo 'FAILED after CloudFormation, the stack was updated; the verdict stands above'`,
    `test "$RELEASE_FAILED_PHASE" != unread || ! echo 'UNKNOWN, nobody could find out what became of this release; the verdict stands above'`,
    `case "$RELEASE_OUTCOME" in released | unchanged | first-release) ;; *) ! echo 'NOT RELEASED; the verdict stands above' ;; esac`,
  ]);
});

test('a Deploy exports the verdict to CodePipeline', () => {
  expect(build('prodDeploy').buildSpec.env?.['exported-variables']).toEqual([
    'RELEASE_OUTCOME',
    'RELEASE_FAILED_PHASE',
    'RELEASE_HEADLINE',
    'RELEASE_DEPLOYMENTS',
  ]);
});

test('the lifecycle events are a test report of Deploys, and of them alone', () => {
  const lifecycle = { files: ['reports/lifecycle.xml'], 'file-format': 'JUNITXML' };
  expect(build('prodDeploy').buildSpec.reports).toEqual({ lifecycle });
  expect(build('CdkBuildProject').buildSpec.reports).not.toHaveProperty('lifecycle');
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
