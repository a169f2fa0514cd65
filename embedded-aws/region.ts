import type { AccessControl, ResourcePolicy } from './access/access-control';
import { HttpApis } from './api-gateway/http-apis';
import type { VirtualClock } from './clock';
import { CloudFormation } from './cloudformation/cloudformation';
import { CloudWatch } from './cloudwatch/cloudwatch';
import { CodeBuild } from './codebuild/codebuild';
import { CodeConnections } from './codeconnections/codeconnections';
import { CodeDeploy } from './codedeploy/codedeploy';
import { CodePipeline } from './codepipeline/codepipeline';
import { DynamoDb } from './dynamodb/dynamodb';
import { EventBridge } from './events/events';
import type { Iam } from './iam/iam';
import { Kms } from './kms/kms';
import type { Interference } from './lambda/effect';
import { Lambda } from './lambda/lambda';
import { Logs } from './logs/logs';
import type { ServiceApi } from './protocol/api';
import type { Random } from './random';
import type { BucketStore } from './s3/bucket-store';
import { S3 } from './s3/s3';
import type { Scope } from './scope';
import type { AwsService } from './service';
import { Sns } from './sns/sns';
import { Sqs } from './sqs/sqs';
import { Ssm } from './ssm/ssm';
import type { Sts } from './sts/sts';

/**
 * Longest real time that a function may take, in milliseconds. It is the timeout of the sample's hooks, which keep ten
 * seconds of it for their report.
 */
const REAL_TIMEOUT_CAP = 30_000;

interface RegionProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
  /** Directory in which the code of functions is unpacked. */
  readonly directory: string;
  readonly endpointUrl: () => string;
  readonly buckets: BucketStore;
  readonly iam: Iam;
  readonly sts: Sts;
  readonly access: AccessControl;
  /** @returns The services of another account or region, to which EventBridge may send events. */
  readonly neighbour: (scope: Scope) => Region;
  /**
   * Effects of a fault on functions.
   *
   * @default - None.
   */
  readonly interference?: Interference | undefined;
  readonly onNotice: (notice: string) => void;
}

/** The services of one account in one region, connected to each other. */
export class Region {
  readonly cloudFormation: CloudFormation;
  readonly cloudWatch: CloudWatch;
  readonly codeDeploy: CodeDeploy;
  readonly codePipeline: CodePipeline;
  readonly events: EventBridge;
  readonly httpApis: HttpApis;
  readonly lambda: Lambda;
  readonly logs: Logs;
  readonly sns: Sns;
  readonly sqs: Sqs;
  readonly ssm: Ssm;
  /** Services by the name of their folder in embedded-aws/, which has the service's contract.md. */
  readonly services: Readonly<Record<string, AwsService>>;
  readonly #apis: ReadonlyMap<string, ServiceApi>;

  constructor(props: RegionProps) {
    const { scope, clock, random, directory, endpointUrl, buckets, iam, sts, access, neighbour, onNotice } = props;
    const s3 = new S3({ buckets, clock, random: random.stream('s3') });
    this.sns = new Sns({ scope, clock, random: random.stream('sns') });
    this.logs = new Logs({ scope, clock, random: random.stream('logs') });
    this.ssm = new Ssm({ scope, clock });
    this.cloudWatch = new CloudWatch({
      scope,
      clock,
      random: random.stream('cloudwatch'),
      refusal: (alarm, topicArn) =>
        access.checkService(
          { service: 'cloudwatch.amazonaws.com', sourceArn: alarm.arn },
          { action: 'sns:Publish', resource: topicArn, context: { 'aws:SourceOwner': scope.accountId } },
        )?.message,
      actions: (_, { alarmName, to, reason, actions }) => {
        for (const topicArn of actions) this.sns.publish(topicArn, `${to}: ${alarmName}`, reason);
      },
    });
    this.sqs = new Sqs({ scope, clock, random: random.stream('sqs'), metrics: this.cloudWatch, endpointUrl });
    this.lambda = new Lambda({
      scope,
      clock,
      random: random.stream('lambda'),
      objects: s3,
      metrics: this.cloudWatch,
      logs: this.logs,
      deadLetters: this.sqs,
      access,
      credentials: (roleArn, session) => sts.assumeRole({ service: 'lambda.amazonaws.com' }, roleArn, session),
      endpointUrl,
      directory,
      shifter: () => this.codeDeploy,
      realTimeoutCap: REAL_TIMEOUT_CAP,
      interference: props.interference,
      onNotice,
    });
    this.events = new EventBridge({
      scope,
      clock,
      random: random.stream('events'),
      functions: this.lambda,
      access,
      deadLetters: this.sqs,
      neighbour: (other) => neighbour(other).events,
      onNotice,
    });
    this.codeDeploy = new CodeDeploy({
      scope,
      clock,
      random: random.stream('codedeploy'),
      lambda: this.lambda,
      alarms: this.cloudWatch,
      checkRole: access.checkRole,
      onStateChange: (event) => this.events.accept(event),
    });
    this.codePipeline = new CodePipeline({
      scope,
      clock,
      random: random.stream('codepipeline'),
      onEvent: (event) => this.events.accept(event),
    });
    const dynamoDb = new DynamoDb({ scope, clock, random: random.stream('dynamodb') });
    this.httpApis = new HttpApis({
      scope,
      clock,
      random: random.stream('api-gateway'),
      lambda: this.lambda,
      metrics: this.cloudWatch,
      logs: this.logs,
    });
    const services: Readonly<Record<string, AwsService>> = {
      codedeploy: this.codeDeploy,
      lambda: this.lambda,
      'api-gateway': this.httpApis,
      cloudwatch: this.cloudWatch,
      logs: this.logs,
      s3,
      iam,
      sts,
      sns: this.sns,
      ssm: this.ssm,
      events: this.events,
      sqs: this.sqs,
      dynamodb: dynamoDb,
      codepipeline: this.codePipeline,
      codebuild: new CodeBuild({ scope, clock, random: random.stream('codebuild') }),
      codeconnections: new CodeConnections({ scope, clock, random: random.stream('codeconnections') }),
      kms: new Kms({ scope, clock, random: random.stream('kms') }),
    };
    this.cloudFormation = new CloudFormation({
      scope,
      clock,
      random: random.stream('cloudformation'),
      buckets,
      iam,
      access,
      ssm: this.ssm,
      sns: this.sns,
      onNotice,
      resourceTypes: Object.values(services).flatMap(({ resourceTypes = [] }) => resourceTypes),
    });
    this.services = { cloudformation: this.cloudFormation, ...services };
    const apis = Object.values(this.services).flatMap(({ api = [] }) => api);
    this.#apis = new Map(apis.map((api) => [api.signingName, api]));
  }

  /**
   * @param service Name of the service in ARNs, e.g. `events`, which is also its folder's.
   * @returns Account and policy of a resource; undefined when it does not exist or cannot have a policy.
   */
  resourcePolicy(service: string, resourceArn: string): ResourcePolicy | undefined {
    return this.services[service]?.resourcePolicy?.(resourceArn);
  }

  /** @returns The API with that signing name, or undefined. */
  api(signingName: string): ServiceApi | undefined {
    return this.#apis.get(signingName);
  }

  /** Ends every execution environment and the HTTP server of every API. */
  async close(): Promise<void> {
    await Promise.all([this.lambda.close(), this.httpApis.close()]);
  }
}
