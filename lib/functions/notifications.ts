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
import { allowAlarmsToPublish } from '../environment/alarm-topic';
import { otherAccounts, type PipelineEnvironment, watchedEnvironments } from '../environment/pipeline-environment';
import type { PipelineNames } from '../names/pipeline-names';
import type { AccountRegion } from '../names/release-names';
import { assumeIn, readPipeline } from '../permissions/pipeline-permissions';
import { PipelineFunction } from './pipeline-function';

interface NotificationsProps {
  readonly names: PipelineNames;
  /** Account and region of the pipeline. */
  readonly location: AccountRegion;
  readonly environments: readonly PipelineEnvironment[];
  readonly subscribers: readonly Subscriber[];
}

/**
 * Notifies people of releases: events of CodeDeploy and CodePipeline invoke a function, which publishes a message on a
 * topic. An event that the function cannot process is kept in a queue, and an alarm reports it.
 */
export class Notifications extends Construct {
  constructor(scope: Construct, id: string, props: NotificationsProps) {
    super(scope, id);
    const { names, location, environments, subscribers } = props;

    const topic = new Topic(this, 'Topic', { topicName: names.topic, enforceSSL: true });
    allowAlarmsToPublish(topic, location, names.undelivered);
    for (const { address, environments: wanted } of subscribers) {
      topic.addSubscription(
        new EmailSubscription(address, {
          // The notifier sets this attribute of a message to the environment's name.
          filterPolicy: wanted && {
            environment: SubscriptionFilter.stringFilter({ allowlist: [...wanted] }),
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
        alarmDescription: `Notifications about releases were not sent; their events are in the queue ${names.undelivered}`,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        threshold: 1,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING, // SQS publishes no metrics for an inactive queue
      })
      .addAlarmAction(new SnsAction(topic));

    const notifier = new PipelineFunction(this, 'Notifier', {
      name: names.notifier,
      description: `Publishes the outcomes of releases on the topic ${names.topic}`,
      entry: 'bin/notifier.ts',
      timeout: Duration.minutes(1),
      permissions: [
        assumeIn(environments, 'watchRole'),
        readPipeline(location, names),
        new PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn] }),
      ],
      environment: {
        TOPIC_ARN: topic.topicArn,
        PIPELINE_NAME: names.pipeline,
        ENVIRONMENTS: Stack.of(this).toJsonString(watchedEnvironments(environments, 'watchRole')),
      },
      deadLetterQueue: undelivered,
    });
    const notifyOf = (ruleId: string, description: string, eventPattern: EventPattern, eventBus?: EventBus) =>
      new Rule(this, ruleId, {
        description,
        eventBus,
        eventPattern,
        targets: [new LambdaFunction(notifier, { deadLetterQueue: undelivered })],
      });

    const bus = new EventBus(this, 'Bus', {
      eventBusName: names.bus,
      description: `Events of CodeDeploy in the environments of ${names.pipeline}`,
    });
    const senders = otherAccounts(environments, location);
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
    // The source is enough to trust the event: only AWS can put events with a source that begins with "aws.".
    notifyOf('Shifts', 'CodeDeploy stopped a shift in an environment', { source: ['aws.codedeploy'] }, bus);

    const stageEnds = (state: string, stages?: readonly string[]): EventPattern => ({
      source: ['aws.codepipeline'],
      detailType: ['CodePipeline Stage Execution State Change'],
      detail: { pipeline: [names.pipeline], state: [state], ...(stages && { stage: stages }) },
    });
    notifyOf('FailedStages', 'Any stage of the pipeline failed', stageEnds('FAILED'));
    notifyOf(
      'SucceededEnvironments',
      'A release went through an environment',
      stageEnds(
        'SUCCEEDED',
        environments.map(({ config }) => config.name),
      ),
    );
  }
}
