import { BuildSpec } from 'aws-cdk-lib/aws-codebuild';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { CodeBuildStep, type CodePipelineSource, type FileSet } from 'aws-cdk-lib/pipelines';
import { WORKING_FILES } from '../../release/deploy/working-files';
import type { BuildSpecFile } from '../config/build-spec-file';
import type { PipelineEnvironment } from '../environment/pipeline-environment';
import { alarmTopicArn, roleArn } from '../names/release-names';
import { deployTimeout } from '../service/deploy-timeout';
import { PACKAGE_DIRECTORY } from './build-step';
import { ownCache } from './own-cache';
import { OUTCOME_COMMANDS, OUTCOME_FILES, OUTCOME_VARIABLES } from './release-outcome';

interface DeployStepProps {
  readonly source: CodePipelineSource;
  /** The GitHub repository, as "owner/repo". */
  readonly repository: string;
  /** The content of PACKAGE_DIRECTORY after Build. */
  readonly packages: FileSet;
  readonly environment: PipelineEnvironment;
  /** Directory with serverless.yml, relative to the repository root. */
  readonly serviceDirectory: string;
  /** The role that Deploy runs as, which may assume the environment's DeployRole. */
  readonly role: IRole;
  /**
   * The content of buildspec.yml. Deploy has the same install phase, so that it runs on the Node version and the packages
   * with which the tests ran; it caches them for itself.
   */
  readonly buildSpec: BuildSpecFile;
  readonly cacheBucket: IBucket;
}

/**
 * Releases the package that Build made for one environment, and ends when CodeDeploy and CloudFormation have ended.
 *
 * The exit status of `sls deploy` does not say how a release ended: sls may exit while the rollback still runs, report
 * the retry of a rolled-back release as "no changes", and deploy a package made for another stage
 * (docs/decisions/0003). Therefore it runs with `--verbose` and `--force`, between `bin/release.ts prepare` and
 * `conclude`.
 *
 * CodePipeline shows only the command that failed. So neither prepare nor sls may fail: their output and status are
 * kept, and one of the outcome commands fails instead. Both run in the build phase because post_build always runs after
 * it, whereas a failure in pre_build would end the build.
 */
export class DeployStep extends CodeBuildStep {
  constructor(id: string, props: DeployStepProps) {
    const { environment, buildSpec } = props;
    super(id, {
      input: props.source,
      additionalInputs: { [PACKAGE_DIRECTORY]: props.packages },
      commands: [],
      partialBuildSpec: BuildSpec.fromObject({
        version: '0.2',
        phases: {
          install: buildSpec.phases.install,
          pre_build: { commands: CREDENTIALS },
          build: { commands: [release(environment)] },
          post_build: { commands: ['node --import tsx bin/release.ts conclude', ...OUTCOME_COMMANDS] },
        },
        reports: { lifecycle: { files: [OUTCOME_FILES.report], 'file-format': 'JUNITXML' } },
        cache: buildSpec.cache,
      }),
      env: deployVariables(props),
      cache: ownCache(props.cacheBucket, `deploy-${environment.config.name}`),
      role: props.role,
      timeout: deployTimeout(environment.service),
    });
    for (const name of OUTCOME_VARIABLES) this.exportedVariable(name);
  }
}

/**
 * Commands that write a profile for the deploy role. The SDK renews credentials from a profile. Exported keys would
 * expire during a long shift: a session of a role that was assumed by another role lasts an hour at most, a linear
 * shift with its hooks up to four.
 */
const CREDENTIALS = [
  'export AWS_CONFIG_FILE="$CODEBUILD_SRC_DIR/.aws-config" AWS_PROFILE=release',
  `printf '[profile release]\\nrole_arn = %s\\nrole_session_name = deploy\\ncredential_source = EcsContainer\\nregion = %s\\n' ` +
    '"$DEPLOY_ROLE_ARN" "$DEPLOY_REGION" > "$AWS_CONFIG_FILE"',
];

/**
 * @returns The command that runs prepare and, if it succeeds, sls. The output of sls goes to the build's log and to a
 * file for conclude. Its status goes to another file, because the status of a pipe is that of the last command.
 */
function release(environment: PipelineEnvironment): string {
  const [log, status] = [
    `${WORKING_FILES.directory}/${WORKING_FILES.log}`,
    `${WORKING_FILES.directory}/${WORKING_FILES.status}`,
  ];
  return (
    `if node --import tsx bin/release.ts prepare; then { ${slsDeploy(environment)} 2>&1; echo "$?" > ${status}; } | tee ${log}; ` +
    `export SLS_DEPLOY_STATUS="$(cat ${status})"; else export SLS_DEPLOY_STATUS=refused; fi`
  );
}

/** The pipeline's own sls, which made the package. In the service's directory, npx would find the service's first. */
const SLS = '$CODEBUILD_SRC_DIR/node_modules/serverless/bin/serverless.js';

function slsDeploy({ config: { deploymentType } }: PipelineEnvironment): string {
  const parameter = deploymentType === undefined ? '' : ` --param=deploymentType=${deploymentType}`;
  return (
    `(cd "$SERVICE_DIRECTORY" && node "${SLS}" deploy --verbose --force --stage "$STAGE" --region "$DEPLOY_REGION"` +
    `${parameter} --package "$CODEBUILD_SRC_DIR/$PACKAGE_DIRECTORY")`
  );
}

function deployVariables({
  source,
  repository,
  environment,
  serviceDirectory,
}: DeployStepProps): Record<string, string> {
  const { config, names, location } = environment;
  return {
    STAGE: config.name,
    STACK_NAME: names.serviceStack,
    SERVICE_DIRECTORY: serviceDirectory,
    PACKAGE_DIRECTORY: `${PACKAGE_DIRECTORY}/${config.name}`,
    DEPLOY_REGION: location.region,
    DEPLOY_ROLE_ARN: roleArn(location, names, names.deployRole),
    CLOUDFORMATION_ROLE_ARN: roleArn(location, names, names.cloudFormationRole),
    ALARM_TOPIC_ARN: alarmTopicArn(location, names),
    // Compared with the tag of the service's stack.
    RELEASE_REPOSITORY: repository,
    // Recorded in the ledger.
    RELEASE_EXECUTION: '#{codepipeline.PipelineExecutionId}',
    RELEASE_COMMIT: source.sourceAttribute('CommitId'),
    RELEASE_COMMITTED_AT: source.sourceAttribute('AuthorDate'),
  };
}
