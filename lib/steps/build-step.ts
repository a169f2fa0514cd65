import { Duration } from 'aws-cdk-lib';
import { BuildSpec } from 'aws-cdk-lib/aws-codebuild';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { CodeBuildStep, type FileSet, type IFileSetProducer } from 'aws-cdk-lib/pipelines';
import type { BuildSpecFile } from '../config/build-spec-file';
import type { PipelineEnvironment } from '../environment/pipeline-environment';
import { alarmTopicArn, roleArn } from '../names/release-names';
import { ownCache } from './own-cache';

/** Directory, relative to the repository root, with one package of the service per environment, under its name. */
export const PACKAGE_DIRECTORY = '.package';

interface BuildStepProps {
  readonly source: IFileSetProducer;
  /** The content of buildspec.yml. */
  readonly buildSpec: BuildSpecFile;
  readonly cacheBucket: IBucket;
  /** The environments for which the service is packaged. */
  readonly environments: readonly PipelineEnvironment[];
}

/**
 * Tests a commit, packages the service and synthesises the pipeline. All commands are those of buildspec.yml.
 *
 * A package contains the ARNs of the role that deploys it and of the topic of its alarms, because `sls deploy
 * --package` reads them from the package and not from its own options. The build gets them in a pair of variables per
 * environment.
 */
export class BuildStep extends CodeBuildStep {
  /** The content of PACKAGE_DIRECTORY after the build. */
  readonly packages: FileSet;

  constructor(id: string, { source, buildSpec, cacheBucket, environments }: BuildStepProps) {
    super(id, {
      input: source,
      commands: [],
      partialBuildSpec: BuildSpec.fromObject(buildSpec),
      primaryOutputDirectory: 'cdk.out',
      cache: ownCache(cacheBucket, 'build'),
      env: Object.assign({}, ...environments.map(buildVariables)),
      timeout: Duration.minutes(30),
    });
    this.packages = this.addOutputDirectory(PACKAGE_DIRECTORY);
  }
}

function buildVariables({ config, names, location }: PipelineEnvironment): Record<string, string> {
  return {
    [buildVariable(config.name, 'CLOUDFORMATION_ROLE_ARN')]: roleArn(location, names, names.cloudFormationRole),
    [buildVariable(config.name, 'ALARM_TOPIC_ARN')]: alarmTopicArn(location, names),
  };
}

/** The environment variables that serverless.yml reads at package time. */
const PACKAGE_VARIABLES = ['CLOUDFORMATION_ROLE_ARN', 'ALARM_TOPIC_ARN'] as const;

/** @returns The build's name for a variable of one environment, e.g. STAGING_ALARM_TOPIC_ARN. */
export function buildVariable(environment: string, variable: (typeof PACKAGE_VARIABLES)[number]): string {
  return `${environment.toUpperCase().replaceAll('-', '_')}_${variable}`;
}

/**
 * @param environment Name of the environment for which the service is packaged.
 * @param build Environment variables of the build.
 * @returns The variables for packaging; none outside of the pipeline's build.
 */
export function packageVariables(environment: string, build: NodeJS.ProcessEnv): Record<string, string> {
  const variables = PACKAGE_VARIABLES.map((name) => [name, build[buildVariable(environment, name)]] as const);
  return Object.fromEntries(
    variables.filter((pair): pair is [(typeof PACKAGE_VARIABLES)[number], string] => pair[1] !== undefined),
  );
}
