import { Duration, Stack } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { EventBus, type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { AccountPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { SubscriptionFilter, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Subscriber } from '../config/subscribers';
import { letAlarmsPublish } from '../environment/alarm-topic';
import type { PipelineNames } from '../names/pipeline-names';
import type { Place } from '../names/release-names';
import { readPipeline, watchEnvironments } from '../permissions/pipeline-permissions';
import { otherAccounts, type ReleaseTarget, toldOf } from '../release-target';
import { PipelineFunction } from './pipeline-function';

export interface NotificationsProps {
  readonly names: PipelineNames;
  readonly place: Place;
  readonly targets: readonly ReleaseTarget[];
  readonly subscribers: readonly Subscriber[];
}

/**
 * Tells people of releases: what CodeDeploy and CodePipeline say comes to a function, which says it in words on a
 * topic. What can't be delivered waits in a queue, and an alarm tells of that.
 */
export class Notifications extends Construct {
  constructor(scope: Construct, id: string, { names, place, targets, subscribers }: NotificationsProps) {
    super(scope, id);

    const topic = new Topic(this, 'Topic', { topicName: names.topic, enforceSSL: true });
    letAlarmsPublish(topic, place, names.undelivered);
    for (const { address, environments } of subscribers) {
      topic.addSubscription(
        new EmailSubscription(address, {
          // The notifier says in this attribute of a message which environment it is about.
          filterPolicy: environments && {
            environment: SubscriptionFilter.stringFilter({ allowlist: [...environments] }),
          },
        }),
      );
    }

    const undelivered = new Queue(this, 'Undelivered', {
      queueName: names.undelivered,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    undelivered
      .metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: 'Maximum' })
      .createAlarm(this, 'UndeliveredAlarm', {
        alarmName: names.undelivered,
        alarmDescription: `Messages about releases were not sent; what they were about is in the queue ${names.undelivered}`,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        threshold: 1,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING, // SQS stops counting for a queue that nobody uses
      })
      .addAlarmAction(new SnsAction(topic));

    const notifier = new PipelineFunction(this, 'Notifier', {
      name: names.notifier,
      description: `Tells on the topic ${names.topic} what becomes of releases`,
      entry: 'bin/notifier.ts',
      timeout: Duration.minutes(1),
      permissions: [
        watchEnvironments(targets),
        readPipeline(place, names),
        new PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn] }),
      ],
      environment: {
        TOPIC_ARN: topic.topicArn,
        PIPELINE_NAME: names.pipeline,
        ENVIRONMENTS: Stack.of(this).toJsonString(targets.map(toldOf)),
      },
      deadLetterQueue: undelivered,
    });
    const tell = (ruleId: string, description: string, eventPattern: EventPattern, eventBus?: EventBus) =>
      new Rule(this, ruleId, {
        description,
        eventBus,
        eventPattern,
        targets: [new LambdaFunction(notifier, { deadLetterQueue: undelivered })],
      });

    const bus = new EventBus(this, 'Bus', {
      eventBusName: names.bus,
      description: `What CodeDeploy does in the environments of ${names.pipeline}`,
    });
    const senders = otherAccounts(targets, place);
    if (senders.length > 0) {
      bus.addToResourcePolicy(
        new PolicyStatement({
          sid: 'AllowEnvironments',
          principals: senders.map((account) => new AccountPrincipal(account)),
          actions: ['events:PutEvents'],
          resources: [bus.eventBusArn],
        }),
      );
    }
    // That an event is CodeDeploy's own, its source says: nobody else can put one from a source that begins with "aws.".
    tell('Shifts', 'CodeDeploy gave up a shift in an environment', { source: ['aws.codedeploy'] }, bus);

    const stageEnds = (state: string, stages?: readonly string[]): EventPattern => ({
      source: ['aws.codepipeline'],
      detailType: ['CodePipeline Stage Execution State Change'],
      detail: { pipeline: [names.pipeline], state: [state], ...(stages && { stage: stages }) },
    });
    tell('FailedStages', 'Any stage of the pipeline failed', stageEnds('FAILED'));
    tell(
      'SucceededEnvironments',
      'A release went through an environment',
      stageEnds(
        'SUCCEEDED',
        targets.map(({ environment }) => environment.name),
      ),
    );
  }
}
