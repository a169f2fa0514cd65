import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { BuildSpec, ComputeType, LinuxArmBuildImage } from 'aws-cdk-lib/aws-codebuild';
import { CfnConnection } from 'aws-cdk-lib/aws-codeconnections';
import { type CfnPipeline, ExecutionMode, PipelineType } from 'aws-cdk-lib/aws-codepipeline';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CodePipeline, CodePipelineSource } from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';
import { AppStage } from './app-stage';
import type { BuildSpecFile } from './config/build-spec-file';
import type { EnvironmentConfig, PipelineConfig } from './config/pipeline-config';
import { subscribers } from './config/subscribers';
import { otherAccounts, type PipelineEnvironment } from './environment/pipeline-environment';
import { AlarmBoardFunction } from './functions/alarm-board-function';
import { CanaryFunction } from './functions/canary-function';
import { Notifications } from './functions/notifications';
import {
  busArn,
  checkApart,
  deployActionRole,
  functionArn,
  pipelineNames,
  pipelineRoleArn,
} from './names/pipeline-names';
import { type AccountRegion, releaseNames, roleArn } from './names/release-names';
import { limitTrust } from './permissions/limit-trust';
import { scopeSelfMutation } from './permissions/self-mutation-scope';
import { PipelineBuckets } from './pipeline-buckets';
import type { ServiceDescription } from './service/service-description';
import { BuildStep } from './steps/build-step';
import { CanaryStep } from './steps/canary-step';
import { DeployStep } from './steps/deploy-step';

interface PipelineStackProps extends StackProps {
  readonly config: PipelineConfig;
  /** The service as it is deployed to each environment of the configuration, in the same order. */
  readonly services: readonly ServiceDescription[];
  readonly buildSpec: BuildSpecFile;
  /** Exact version of the CDK CLI (aws-cdk) with which the pipeline updates itself. */
  readonly cdkCliVersion: string;
}

/**
 * The pipeline: Source, Build, self-update, then for each environment its ReleaseStack, and Deploy and Canary in
 * parallel.
 */
export class PipelineStack extends Stack {
  constructor(scope: Construct, id: string, props: PipelineStackProps) {
    const { config, services, buildSpec, cdkCliVersion, ...stackProps } = props;
    super(scope, id, {
      ...stackProps,
      stackName: config.name,
      env: { account: config.account, region: config.region },
      description: `Releases ${config.repository} by CodeDeploy canaries`,
      // The template of 47 environments, the most that a pipeline can have, would come close to CloudFormation's limit of 1 MB.
      suppressTemplateIndentation: true,
    });

    const location: AccountRegion = {
      partition: this.partition,
      region: this.region,
      account: this.account,
    };
    const environments = config.environments.map((each, index) =>
      pipelineEnvironment(each, services[index] as ServiceDescription, location),
    );
    const names = pipelineNames(config.name);
    for (const each of environments) checkApart(names, config.environments, each.names);
    const acrossAccounts = otherAccounts(environments, location).length > 0;
    const buckets = new PipelineBuckets(this, 'Buckets', { readByOtherAccounts: acrossAccounts });

    const connectionArn = config.connectionArn ?? this.#createConnection(names.connection);
    const source = CodePipelineSource.connection(config.repository, config.branch, {
      connectionArn,
      triggerOnPush: true,
      actionName: SOURCE_ACTION,
    });
    const build = new BuildStep('Build', { source, buildSpec, environments, cacheBucket: buckets.cache });

    const functions = { names, location, environments };
    const canary = new CanaryFunction(this, 'Canary', functions);
    new Notifications(this, 'Notifications', { ...functions, subscribers: subscribers(config) });
    new AlarmBoardFunction(this, 'AlarmBoard', functions);

    const pipeline = new CodePipeline(this, 'Pipeline', {
      pipelineName: names.pipeline,
      synth: build,
      pipelineType: PipelineType.V2,
      // A newer commit replaces one that waits for an environment, so that a fix does not queue behind canaries.
      // PARALLEL would not work: a deployment group runs one deployment at a time.
      executionMode: ExecutionMode.SUPERSEDED,
      cliVersion: cdkCliVersion,
      artifactBucket: buckets.artifacts,
      // For the buckets that CDK creates in other regions; the pipeline's own bucket has its key already.
      crossAccountKeys: acrossAccounts,
      enableKeyRotation: acrossAccounts ? true : undefined,
      useChangeSets: false,
      codeBuildDefaults: {
        buildEnvironment: {
          buildImage: LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0,
          computeType: ComputeType.SMALL,
        },
        logging: {
          cloudWatch: { logGroup: new LogGroup(this, 'BuildLogs', { retention: RetentionDays.THREE_MONTHS }) },
        },
      },
      selfMutationCodeBuildDefaults: {
        partialBuildSpec: BuildSpec.fromObject({
          version: '0.2',
          phases: { install: { 'runtime-versions': buildSpec.phases.install['runtime-versions'] } },
        }),
        timeout: Duration.minutes(30),
      },
    });

    for (const environment of environments) {
      const { name, account, region } = environment.config;
      const roleName = deployActionRole(names, name);
      const role = this.#createDeployActionRole(environment, roleName);
      const stage = pipeline.addStage(
        new AppStage(this, name, {
          env: { account: account ?? config.account, region: region ?? config.region },
          environment,
          pipeline: {
            name: names.pipeline,
            account: location.account,
            deployAction: pipelineRoleArn(location, roleName),
            watchers: [names.canary, names.notifier].map((role) => pipelineRoleArn(location, role)),
            boardReader: pipelineRoleArn(location, names.alarmBoard),
            bus: busArn(location, names),
            alarmBoard: functionArn(location, names.alarmBoard),
          },
          deployPermissions: config.deployPermissions,
          functionPermissions: config.functionPermissions,
        }),
      );
      // With the same run order, because Canary reports the progress of the shift while Deploy runs.
      const deploy = new DeployStep('Deploy', {
        source,
        repository: config.repository,
        packages: build.packages,
        environment,
        serviceDirectory: config.serviceDirectory,
        role,
        buildSpec,
        cacheBucket: buckets.cache,
      });
      stage.addPost(
        deploy,
        new CanaryStep('Canary', { environment, function: canary, pipeline: names.pipeline, deploy: deploy.id }),
      );
    }

    pipeline.buildPipeline();
    allowConnection(pipeline, connectionArn);
    scopeSelfMutation(pipeline);
    limitTrust(this);
    // cfn-lint's E3703 rejects every Fn::Join in an action's configuration, which CDK generates for ARNs.
    (pipeline.pipeline.node.defaultChild as CfnPipeline).addMetadata('cfn-lint', {
      config: { ignore_checks: ['E3703'] },
    });
  }

  /** Creates a connection that is pending until a person authorises AWS on GitHub. */
  #createConnection(connectionName: string): string {
    const connection = new CfnConnection(this, 'Connection', {
      connectionName,
      providerType: 'GitHub',
    });
    new CfnOutput(this, 'ConnectionArn', { value: connection.attrConnectionArn });
    new CfnOutput(this, 'CompleteConnection', {
      value: `https://${this.region}.console.aws.amazon.com/codesuite/settings/connections?region=${this.region}`,
      description: 'Open it, choose the pending connection, and update it to let AWS read the repository',
    });
    return connection.attrConnectionArn;
  }

  #createDeployActionRole(environment: PipelineEnvironment, roleName: string): Role {
    const { config, names, location } = environment;
    const role = new Role(this, `${config.name}-deploy-action-role`, {
      roleName,
      description: `Role of the Deploy action of ${config.name}, which may assume only that environment's deploy role`,
      assumedBy: new ServicePrincipal('codebuild.amazonaws.com'),
    });
    role.addToPolicy(
      new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [roleArn(location, names, names.deployRole)] }),
    );
    return role;
  }
}

const SOURCE_ACTION = 'GitHub';

function pipelineEnvironment(
  config: EnvironmentConfig,
  service: ServiceDescription,
  pipeline: AccountRegion,
): PipelineEnvironment {
  return {
    config,
    service,
    names: releaseNames(service.name, config.name),
    location: {
      partition: pipeline.partition,
      region: config.region ?? pipeline.region,
      account: config.account ?? pipeline.account,
    },
  };
}

/**
 * Allows the source action to use the connection. CDK grants only `codestar-connections:UseConnection`, but for a
 * connection whose ARN contains `codeconnections`, as all new ones do, IAM requires the action of that name.
 *
 * @see https://docs.aws.amazon.com/dtconsole/latest/userguide/security-iam.html
 */
function allowConnection(pipeline: CodePipeline, connectionArn: string): void {
  const role = pipeline.pipeline.node
    .findChild('Source')
    .node.findChild(SOURCE_ACTION)
    .node.findChild('CodePipelineActionRole');
  (role as Role).addToPolicy(
    new PolicyStatement({ actions: ['codeconnections:UseConnection'], resources: [connectionArn] }),
  );
}
