import { Duration } from 'aws-cdk-lib';
import { type BucketCacheOptions, BuildSpec, Cache } from 'aws-cdk-lib/aws-codebuild';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { CodeBuildStep, type FileSet, type IFileSetProducer } from 'aws-cdk-lib/pipelines';
import type { BuildSpecFile } from '../config/build-spec-file';
import { alarmTopicArn, roleArn } from '../names/release-names';
import type { ReleaseTarget } from '../release-target';

/** Of the repository: one package of the service in it for each environment, under the environment's name. */
export const PACKAGE_DIRECTORY = '.package';

export interface BuildStepProps {
  readonly source: IFileSetProducer;
  /** What buildspec.yml says. */
  readonly buildSpec: BuildSpecFile;
  readonly cacheBucket: IBucket;
  /** The service is packaged for each of them. */
  readonly targets: readonly ReleaseTarget[];
}

/** Where the pipeline's builds keep npm's packages: one place for all, so that a Deploy finds what Build installed. */
export const NPM_CACHE: BucketCacheOptions = { prefix: 'npm', cacheNamespace: 'npm' };

/**
 * Tests a commit, packages the service and synthesises the pipeline, as buildspec.yml says and nowhere else.
 *
 * A package names the role that deploys it and the topic its alarms tell. Both are told to the build, one pair of
 * variables an environment, because `sls deploy --package` takes them from the package and not from its own call.
 */
export class BuildStep extends CodeBuildStep {
  /** PACKAGE_DIRECTORY as the build left it. */
  readonly packages: FileSet;

  constructor(id: string, { source, buildSpec, cacheBucket, targets }: BuildStepProps) {
    super(id, {
      input: source,
      commands: [],
      partialBuildSpec: BuildSpec.fromObject(buildSpec),
      primaryOutputDirectory: 'cdk.out',
      cache: Cache.bucket(cacheBucket, NPM_CACHE),
      env: Object.assign({}, ...targets.map(toldTo)),
      timeout: Duration.minutes(30),
    });
    this.packages = this.addOutputDirectory(PACKAGE_DIRECTORY);
  }
}

function toldTo({ environment, names, place }: ReleaseTarget): Record<string, string> {
  return {
    [toldAs(environment.name, 'CLOUDFORMATION_ROLE_ARN')]: roleArn(place, names, names.cloudFormationRole),
    [toldAs(environment.name, 'ALARM_TOPIC_ARN')]: alarmTopicArn(place, names),
  };
}

/** What serverless.yml reads of the environment variables at package time. */
const PACKAGE_VARIABLES = ['CLOUDFORMATION_ROLE_ARN', 'ALARM_TOPIC_ARN'] as const;

/** How the build is told one of them for one environment, e.g. STAGING_ALARM_TOPIC_ARN. */
function toldAs(environment: string, variable: (typeof PACKAGE_VARIABLES)[number]): string {
  return `${environment.toUpperCase().replaceAll('-', '_')}_${variable}`;
}

/** The variables to package the service with for one environment; none outside of the pipeline's build. */
export function packageVariables(environment: string, told: NodeJS.ProcessEnv): Record<string, string> {
  const variables = PACKAGE_VARIABLES.map((variable) => [variable, told[toldAs(environment, variable)]] as const);
  return Object.fromEntries(
    variables.filter((pair): pair is [(typeof PACKAGE_VARIABLES)[number], string] => pair[1] !== undefined),
  );
}
