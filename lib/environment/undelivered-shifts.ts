import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

interface UndeliveredShiftsProps {
  /** Name of the queue and of the alarm on it. */
  readonly name: string;
  /** Topic that the alarm notifies. */
  readonly alarms: ITopic;
}

/**
 * Keeps the events that EventBridge could not send to the pipeline's bus within a day, e.g. because the bus was deleted or
 * denies this account. An alarm reports them; the notification itself comes late, with the end of the stage.
 */
export class UndeliveredShifts extends Queue {
  constructor(scope: Construct, id: string, { name, alarms }: UndeliveredShiftsProps) {
    super(scope, id, {
      queueName: name,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: 'Maximum' })
      .createAlarm(this, 'Alarm', {
        alarmName: name,
        alarmDescription: `Events of stopped shifts did not reach the pipeline's event bus; they are in the queue ${name}`,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        threshold: 1,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING, // SQS publishes no metrics for an inactive queue
      })
      .addAlarmAction(new SnsAction(alarms));
  }
}
