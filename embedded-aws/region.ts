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
import { Sns } from './sns/sns';
import { Sqs } from './sqs/sqs';
import { Ssm } from './ssm/ssm';
import type { Sts } from './sts/sts';

/**
 * How long a function may really take, in milliseconds: as long as the sample's hooks have on AWS, which keep ten seconds
 * of it back for their report.
 */
const REAL_TIMEOUT_CAP = 30_000;

export interface RegionProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
  /** where functions' code is unpacked */
  readonly directory: string;
  readonly endpointUrl: () => string;
  readonly buckets: BucketStore;
  readonly iam: Iam;
  readonly sts: Sts;
  /** @returns the services of another account or region, to which EventBridge may send events */
  readonly neighbour: (scope: Scope) => Region;
  /** what befalls functions, @default nothing */
  readonly interference?: Interference | undefined;
  readonly onNotice: (notice: string) => void;
}

/** Every service of one account in one region, wired to one another. */
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
  readonly #apis: Map<string, ServiceApi>;

  constructor(props: RegionProps) {
    const { scope, clock, random, directory, endpointUrl, buckets, iam, sts, neighbour, onNotice } = props;
    const s3 = new S3({ buckets, clock, random: random.stream('s3') });
    this.sns = new Sns({ scope, clock, random: random.stream('sns') });
    this.logs = new Logs({ scope, clock, random: random.stream('logs') });
    this.ssm = new Ssm({ scope, clock });
    this.cloudWatch = new CloudWatch({
      scope,
      clock,
      random: random.stream('cloudwatch'),
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
      credentials: (roleArn, sessionName) => sts.issue(roleArn, sessionName),
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
      iam,
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
    const owners = [
      s3,
      this.sns,
      this.sqs,
      this.events,
      this.logs,
      this.cloudWatch,
      this.lambda,
      this.codeDeploy,
      this.codePipeline,
      dynamoDb,
      this.httpApis,
      iam,
    ];
    // What a pipeline consists of; whoever executes it plays their part.
    const records = [
      new CodeBuild({ scope, clock, random: random.stream('codebuild') }),
      new CodeConnections({ scope, clock, random: random.stream('codeconnections') }),
      new Kms({ scope, clock, random: random.stream('kms') }),
    ];
    this.cloudFormation = new CloudFormation({
      scope,
      clock,
      random: random.stream('cloudformation'),
      buckets,
      iam,
      ssm: this.ssm,
      sns: this.sns,
      resourceTypes: [...owners, ...records].flatMap(({ resourceTypes }) => resourceTypes),
    });
    const apis = [...owners, this.ssm, this.cloudFormation, sts].map(({ api }) => api);
    this.#apis = new Map(apis.map((api) => [api.signingName, api]));
  }

  /** @returns the service that is signed for under that name, or undefined */
  api(signingName: string): ServiceApi | undefined {
    return this.#apis.get(signingName);
  }

  /** Ends every execution environment and every front door. */
  async close(): Promise<void> {
    await Promise.all([this.lambda.close(), this.httpApis.close()]);
  }
}
