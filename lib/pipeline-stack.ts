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
import { AlarmBoard } from './functions/alarm-board-function';
import { CanaryFunction } from './functions/canary-function';
import { Notifications } from './functions/notifications';
import { busArn, functionArn, pipelineNames, pipelineRoleArn } from './names/pipeline-names';
import { type Place, releaseNames, roleArn } from './names/release-names';
import { PipelineBuckets } from './pipeline-buckets';
import { otherAccounts, type ReleaseTarget } from './release-target';
import { scopeSelfMutation } from './self-mutation-scope';
import type { ServiceDescription } from './service/service-description';
import { BuildStep } from './steps/build-step';
import { CanaryStep } from './steps/canary-step';
import { DeployStep } from './steps/deploy-step';

export interface PipelineStackProps extends StackProps {
  readonly config: PipelineConfig;
  /** The service as each environment of the configuration deploys it, in the same order. */
  readonly services: readonly ServiceDescription[];
  readonly buildSpec: BuildSpecFile;
  /** The exact version of aws-cdk with which the pipeline updates itself. */
  readonly cdkCliVersion: string;
}

/** Source, Build, self-update, then per environment its ReleaseStack, and its Deploy and Canary side by side. */
export class PipelineStack extends Stack {
  constructor(scope: Construct, id: string, props: PipelineStackProps) {
    const { config, services, buildSpec, cdkCliVersion, ...stackProps } = props;
    super(scope, id, {
      ...stackProps,
      env: { account: config.account, region: config.region },
      description: `Releases ${config.repository} by CodeDeploy canaries`,
    });

    const place: Place = {
      partition: this.partition,
      region: this.region,
      account: this.account,
    };
    const targets = config.environments.map((environment, index) =>
      releaseTarget(environment, services[index] as ServiceDescription, place),
    );
    const names = pipelineNames(this.stackName);
    const acrossAccounts = otherAccounts(targets, place).length > 0;
    const buckets = new PipelineBuckets(this, 'Buckets', { readByOtherAccounts: acrossAccounts });

    const connectionArn = config.connectionArn ?? this.createConnection();
    const source = CodePipelineSource.connection(config.repository, config.branch, {
      connectionArn,
      triggerOnPush: true,
      actionName: SOURCE_ACTION,
    });
    const build = new BuildStep('Build', { source, buildSpec, targets, cacheBucket: buckets.cache });

    const functions = { names, place, targets };
    const canary = new CanaryFunction(this, 'Canary', functions);
    new Notifications(this, 'Notifications', { ...functions, subscribers: subscribers(config) });
    new AlarmBoard(this, 'AlarmBoard', functions);

    const pipeline = new CodePipeline(this, 'Pipeline', {
      pipelineName: names.pipeline,
      synth: build,
      pipelineType: PipelineType.V2,
      // A commit that waits for an environment gives way to a newer one: a mend needn't queue behind canaries. Never
      // PARALLEL: a deployment group shifts one release at a time.
      executionMode: ExecutionMode.SUPERSEDED,
      cliVersion: cdkCliVersion,
      artifactBucket: buckets.artifacts,
      // For the buckets that CDK makes in other regions; the pipeline's own has its key already.
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

    for (const target of targets) {
      const { environment } = target;
      const deployActionRole = this.deployActionRole(target);
      const stage = pipeline.addStage(
        new AppStage(this, environment.name, {
          env: {
            account: environment.account ?? config.account,
            region: environment.region ?? config.region,
          },
          target,
          pipeline: {
            account: place.account,
            deployAction: pipelineRoleArn(place, this.deployActionRoleName(environment)),
            watchers: [names.canary, names.notifier, names.alarmBoard].map((role) => pipelineRoleArn(place, role)),
            bus: busArn(place, names),
            alarmBoard: functionArn(place, names.alarmBoard),
          },
          deployPermissions: config.deployPermissions,
        }),
      );
      // At one run order, for neither needs the other: while Deploy deploys, Canary says how it goes.
      const deploy = new DeployStep('Deploy', {
        source,
        packages: build.packages,
        target,
        serviceDirectory: config.serviceDirectory,
        role: deployActionRole,
        buildSpec,
        cacheBucket: buckets.cache,
      });
      stage.addPost(
        deploy,
        new CanaryStep('Canary', { target, function: canary, pipeline: names.pipeline, deploy: deploy.id }),
      );
    }

    pipeline.buildPipeline();
    allowConnection(pipeline, connectionArn);
    scopeSelfMutation(pipeline);
    // cfn-lint's E3703 calls every Fn::Join in an action's configuration an error, for style.
    (pipeline.pipeline.node.defaultChild as CfnPipeline).addMetadata('cfn-lint', {
      config: { ignore_checks: ['E3703'] },
    });
  }

  /** GitHub admits AWS only after a person agreed, so the connection is made pending. */
  private createConnection(): string {
    const connection = new CfnConnection(this, 'Connection', {
      connectionName: `${this.stackName}-github`.slice(0, 32),
      providerType: 'GitHub',
    });
    new CfnOutput(this, 'ConnectionArn', { value: connection.attrConnectionArn });
    new CfnOutput(this, 'CompleteConnection', {
      value: `https://${this.region}.console.aws.amazon.com/codesuite/settings/connections?region=${this.region}`,
      description: 'Open it, choose the pending connection, and update it to let AWS read the repository',
    });
    return connection.attrConnectionArn;
  }

  /** Outside of `<service's stack>-*`, so that the service's stack has no permission on it. */
  private deployActionRoleName(environment: EnvironmentConfig): string {
    return `${this.stackName}-${environment.name}-deploy-action`;
  }

  private deployActionRole({ environment, names, place }: ReleaseTarget): Role {
    const role = new Role(this, `${environment.name}-deploy-action-role`, {
      roleName: this.deployActionRoleName(environment),
      description: `The Deploy action of ${environment.name}; it may become that environment's deploy role only`,
      assumedBy: new ServicePrincipal('codebuild.amazonaws.com'),
    });
    role.addToPolicy(
      new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [roleArn(place, names, names.deployRole)] }),
    );
    return role;
  }
}

const SOURCE_ACTION = 'GitHub';

function releaseTarget(environment: EnvironmentConfig, service: ServiceDescription, pipeline: Place): ReleaseTarget {
  return {
    environment,
    service,
    names: releaseNames(service.name, environment.name),
    place: {
      partition: pipeline.partition,
      region: environment.region ?? pipeline.region,
      account: environment.account ?? pipeline.account,
    },
  };
}

/**
 * The source action is granted `codestar-connections:UseConnection` alone, but on a connection whose ARN says
 * `codeconnections`, as all new ones do, only the action of that name counts.
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
