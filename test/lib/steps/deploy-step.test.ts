import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { BUILD_SPEC, synthesise, TWO_ACCOUNTS, TWO_ENVIRONMENTS } from '../fixtures';

const { pipeline, build } = synthesise(TWO_ENVIRONMENTS);
const { phases } = build('prodDeploy').buildSpec;

test('a Deploy installs like Build, on the same Node version', () => {
  expect(phases.install['runtime-versions']).toEqual(BUILD_SPEC.phases.install['runtime-versions']);
  expect(phases.install.commands).toEqual([
    ...(BUILD_SPEC.phases.install.commands ?? []),
    expect.stringMatching(/ln -s -- "\$CODEBUILD_SRC_DIR_Build__package" "\.package"$/),
  ]);
});

test('credentials come from a profile, so that the SDK can renew them during the shift', () => {
  expect(phases.pre_build?.commands).toEqual([
    'export AWS_CONFIG_FILE="$CODEBUILD_SRC_DIR/.aws-config" AWS_PROFILE=release',
    `printf '[profile release]\\nrole_arn = %s\\nrole_session_name = deploy\\ncredential_source = EcsContainer\\nregion = %s\\n' "$DEPLOY_ROLE_ARN" "$DEPLOY_REGION" > "$AWS_CONFIG_FILE"`,
  ]);
});

const sls =
  '(cd "$SERVICE_DIRECTORY" && node "$CODEBUILD_SRC_DIR/node_modules/serverless/bin/serverless.js" deploy --verbose --force --stage "$STAGE" --region "$DEPLOY_REGION" --package "$CODEBUILD_SRC_DIR/$PACKAGE_DIRECTORY")';

test('sls runs after prepare, waits for a rollback to end, and deploys again what was rolled back', () => {
  expect(phases.build?.commands).toEqual([
    `if node --import tsx bin/release.ts prepare; then { ${sls} 2>&1; echo "$?" > .release/sls.status; } | tee .release/sls.log; export SLS_DEPLOY_STATUS="$(cat .release/sls.status)"; else export SLS_DEPLOY_STATUS=refused; fi`,
  ]);
});

describe.each(['sh', 'bash'])('in %s', (shell) => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'deploy-step-'));
    mkdirSync(join(directory, '.release'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /**
   * Runs the build phase with programs in place of `prepare` and `sls deploy` that write output and exit with these
   * statuses.
   */
  function deployed(prepare: number, deploy: number) {
    const program = (name: string, text: string) =>
      writeFileSync(join(directory, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    const sls = `echo "sls $*"; echo "Error: no" >&2; exit ${deploy}`;
    program('node', `case "$1" in */serverless.js) ${sls} ;; *) echo "prepare $4"; exit ${prepare} ;; esac`);
    const script = `${phases.build?.commands?.[0]}\necho "phase $?, sls $SLS_DEPLOY_STATUS"`;
    const env = { PATH: `${directory}:${process.env.PATH}`, SERVICE_DIRECTORY: '.', STAGE: 'prod', DEPLOY_REGION: 'r' };
    const { stdout } = spawnSync(shell, ['-c', script], { cwd: directory, env, encoding: 'utf8' });
    return stdout.trim().split('\n');
  }

  test.each([0, 3])('the status %i of sls is kept, and its output goes to the log and to a file', (status) => {
    const [prepare, output, error, end] = deployed(0, status);
    expect(prepare).toBe('prepare prepare');
    expect(output).toMatch(/^sls .*serverless\.js deploy --verbose/);
    expect([error, end]).toEqual(['Error: no', `phase 0, sls ${status}`]);
    expect(readFileSync(join(directory, '.release/sls.log'), 'utf8')).toBe(`${output}\n${error}\n`);
  });

  test('sls does not run when prepare refuses, and the phase still succeeds', () => {
    expect(deployed(1, 0)).toEqual(['prepare prepare', 'phase 0, sls refused']);
  });
});

test('the release is always concluded, and one of the commands fails with a text that says how it ended', () => {
  expect(phases.post_build?.commands).toEqual([
    'node --import tsx bin/release.ts conclude',
    '. ./.release/outcome.env',
    `test "$RELEASE_OUTCOME" != rolled-back || ! echo 'ROLLED BACK; see the end of this build log'`,
    `test "$RELEASE_FAILED_PHASE" != before-cloudformation || ! echo 'FAILED before CloudFormation, no traffic shifted; see the end of this build log'`,
    `test "$RELEASE_FAILED_PHASE" != cloudformation || ! echo 'FAILED in CloudFormation, no traffic shifted; see the end of this build log'`,
    `test "$RELEASE_FAILED_PHASE" != after-cloudformation || ! echo 'FAILED after CloudFormation, the stack was updated; see the end of this build log'`,
    `test "$RELEASE_FAILED_PHASE" != unread || ! echo 'UNKNOWN, the outcome of this release could not be determined; see the end of this build log'`,
    `case "$RELEASE_OUTCOME" in released | unchanged | first-release) ;; *) ! echo 'NOT RELEASED; see the end of this build log' ;; esac`,
  ]);
});

test('a Deploy exports the outcome to CodePipeline', () => {
  expect(build('prodDeploy').buildSpec.env?.['exported-variables']).toEqual([
    'RELEASE_OUTCOME',
    'RELEASE_FAILED_PHASE',
    'RELEASE_HEADLINE',
    'RELEASE_DEPLOYMENTS',
  ]);
});

test('only Deploys have the lifecycle events as a test report', () => {
  const lifecycle = { files: ['reports/lifecycle.xml'], 'file-format': 'JUNITXML' };
  expect(build('prodDeploy').buildSpec.reports).toEqual({ lifecycle });
  expect(build('CdkBuildProject').buildSpec.reports).not.toHaveProperty('lifecycle');
});

test('the variables of a Deploy describe its environment', () => {
  expect(build('prodDeploy').variables).toMatchObject({
    STAGE: 'prod',
    STACK_NAME: 'greeter-prod',
    SERVICE_DIRECTORY: 'service',
    PACKAGE_DIRECTORY: '.package/prod',
    DEPLOY_REGION: { Ref: 'AWS::Region' },
  });
});

test("a Deploy gets the execution and the commit from its action's variables", () => {
  const [found] = Object.values(pipeline.findResources('AWS::CodePipeline::Pipeline'));
  const stage = found?.Properties.Stages.find(({ Name }: { Name: string }) => Name === 'prod');
  const deploy = stage.Actions.find(({ Name }: { Name: string }) => Name === 'Deploy');
  const plain = (name: string, value: string) => ({ name, type: 'PLAINTEXT', value });
  expect(JSON.parse(deploy.Configuration.EnvironmentVariables)).toEqual([
    plain('RELEASE_EXECUTION', '#{codepipeline.PipelineExecutionId}'),
    plain('RELEASE_COMMIT', '#{Source@acme_greeter.CommitId}'),
    plain('RELEASE_COMMITTED_AT', '#{Source@acme_greeter.AuthorDate}'),
  ]);
  pipeline.hasResourceProperties('AWS::CodePipeline::Pipeline', {
    Stages: Match.arrayWith([
      Match.objectLike({ Name: 'Source', Actions: [Match.objectLike({ Namespace: 'Source@acme_greeter' })] }),
    ]),
  });
});

test('in another account a Deploy assumes the role of that account, and passes the configured deployment type', () => {
  const { build: across } = synthesise(TWO_ACCOUNTS);
  expect(across('prodDeploy').variables).toMatchObject({
    DEPLOY_REGION: 'eu-central-1',
    DEPLOY_ROLE_ARN: 'arn:aws:iam::222222222222:role/release/greeter-prod-deploy',
  });
  expect(across('prodDeploy').buildSpec.phases.build?.commands?.[0]).toContain(
    ' --param=deploymentType=Linear10PercentEvery10Minutes ',
  );
});

test("the time limit follows from the service's shift and hooks", () => {
  expect(build('prodDeploy').properties.TimeoutInMinutes).toBe(155);
});

test('the role of a Deploy may assume the deploy role of its environment and no other role', () => {
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
