import { BuildSpec, Cache } from 'aws-cdk-lib/aws-codebuild';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { CodeBuildStep, type CodePipelineSource, type FileSet } from 'aws-cdk-lib/pipelines';
import { WORKING_FILES } from '../../release/deploy/working-files';
import type { BuildSpecFile } from '../config/build-spec-file';
import { alarmTopicArn, roleArn } from '../names/release-names';
import type { ReleaseTarget } from '../release-target';
import { deployTimeout } from '../service/deploy-timeout';
import { NPM_CACHE, PACKAGE_DIRECTORY } from './build-step';
import { OUTCOME_COMMANDS, OUTCOME_FILES, OUTCOME_VARIABLES } from './release-outcome';

export interface DeployStepProps {
  readonly source: CodePipelineSource;
  /** PACKAGE_DIRECTORY as Build left it. */
  readonly packages: FileSet;
  readonly target: ReleaseTarget;
  /** Holds serverless.yml, relative to the repository. */
  readonly serviceDirectory: string;
  /** May assume the target's DeployRole. */
  readonly role: IRole;
  /** buildspec.yml, for its install phase and its cache: a Deploy runs on the Node and the packages of the tests. */
  readonly buildSpec: BuildSpecFile;
  readonly cacheBucket: IBucket;
}

/**
 * Releases the package that Build made for one environment, and ends when CodeDeploy and CloudFormation have.
 *
 * `sls deploy` is no judge of a release: it may leave while the rollback still runs, call the retry of a release that
 * was rolled back "no changes", and deploy a package made for another stage (docs/decisions). Hence `--verbose`,
 * `--force`, and `bin/release.ts` before and after it. Nor may either be the command that fails, for that is all that
 * CodePipeline shows: what they said is kept, and OUTCOME_COMMANDS fail in their place. Hence both run in the
 * build phase, after which post_build runs however it ended: after pre_build it would not.
 */
export class DeployStep extends CodeBuildStep {
  constructor(id: string, props: DeployStepProps) {
    const { target, buildSpec } = props;
    super(id, {
      input: props.source,
      additionalInputs: { [PACKAGE_DIRECTORY]: props.packages },
      commands: [],
      partialBuildSpec: BuildSpec.fromObject({
        version: '0.2',
        phases: {
          install: buildSpec.phases.install,
          pre_build: { commands: CREDENTIALS },
          build: { commands: [release(target)] },
          post_build: { commands: ['node --import tsx bin/release.ts conclude', ...OUTCOME_COMMANDS] },
        },
        reports: { lifecycle: { files: [OUTCOME_FILES.report], 'file-format': 'JUNITXML' } },
        cache: buildSpec.cache,
      }),
      env: deployVariables(props),
      cache: Cache.bucket(props.cacheBucket, NPM_CACHE),
      role: props.role,
      timeout: deployTimeout(target.service),
    });
    for (const name of OUTCOME_VARIABLES) this.exportedVariable(name);
  }
}

/**
 * A role assumed by a role lasts an hour at most, a linear shift with its hooks up to four. From a profile the SDK
 * renews its credentials; exported keys would expire under the shift.
 */
const CREDENTIALS = [
  'export AWS_CONFIG_FILE="$CODEBUILD_SRC_DIR/.aws-config" AWS_PROFILE=release',
  `printf '[profile release]\\nrole_arn = %s\\nrole_session_name = deploy\\ncredential_source = EcsContainer\\nregion = %s\\n' ` +
    '"$DEPLOY_ROLE_ARN" "$DEPLOY_REGION" > "$AWS_CONFIG_FILE"',
];

/**
 * Only what prepare lets through is deployed. What sls writes goes to the build's log and to a file for the outcome; the
 * status is kept in another, because that of a pipe is its last command's.
 */
function release(target: ReleaseTarget): string {
  const [log, status] = [WORKING_FILES.log, WORKING_FILES.status].map((name) => `${WORKING_FILES.directory}/${name}`);
  return (
    `if node --import tsx bin/release.ts prepare; then { ${slsDeploy(target)} 2>&1; echo "$?" > ${status}; } | tee ${log}; ` +
    `export SLS_DEPLOY_STATUS="$(cat ${status})"; else export SLS_DEPLOY_STATUS=refused; fi`
  );
}

function slsDeploy({ environment: { deploymentType } }: ReleaseTarget): string {
  const parameter = deploymentType === undefined ? '' : ` --param=deploymentType=${deploymentType}`;
  return (
    '(cd "$SERVICE_DIRECTORY" && npx sls deploy --verbose --force --stage "$STAGE" --region "$DEPLOY_REGION"' +
    `${parameter} --package "$CODEBUILD_SRC_DIR/$PACKAGE_DIRECTORY")`
  );
}

function deployVariables({ source, target, serviceDirectory }: DeployStepProps): Record<string, string> {
  const { environment, names, place } = target;
  return {
    STAGE: environment.name,
    STACK_NAME: names.serviceStack,
    SERVICE_DIRECTORY: serviceDirectory,
    PACKAGE_DIRECTORY: `${PACKAGE_DIRECTORY}/${environment.name}`,
    DEPLOY_REGION: place.region,
    DEPLOY_ROLE_ARN: roleArn(place, names, names.deployRole),
    CLOUDFORMATION_ROLE_ARN: roleArn(place, names, names.cloudFormationRole),
    ALARM_TOPIC_ARN: alarmTopicArn(place, names),
    // For the ledger: which execution this is, and of which commit.
    RELEASE_EXECUTION: '#{codepipeline.PipelineExecutionId}',
    RELEASE_COMMIT: source.sourceAttribute('CommitId'),
    RELEASE_COMMITTED_AT: source.sourceAttribute('AuthorDate'),
  };
}
