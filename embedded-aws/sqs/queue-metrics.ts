import type { VirtualClock } from '../clock';
import type { MetricSink } from '../cloudwatch/metric';
import type { Queue } from './queue';

const MINUTE = 60_000;
/**
 * A queue is active while it has messages and for six hours after its last use (SQS developer guide, CloudWatch
 * metrics).
 */
const ACTIVE = 6 * 60 * MINUTE;
/** SQS counts once a minute; at which second is not documented. In milliseconds. */
const COUNTED_AT = 30_000;

interface QueueMetricsProps {
  readonly clock: VirtualClock;
  readonly metrics: MetricSink;
  /** @returns False once the queue has been deleted. */
  readonly exists: () => boolean;
}

/** Publishes how many messages a queue holds, once a minute as a daemon of the clock, until the queue is inactive. */
export function reportWhileActive(queue: Queue, { clock, metrics, exists }: QueueMetricsProps): void {
  if (queue.isReporting) return;
  queue.isReporting = true;
  void clock.spawn(
    async () => {
      for (;;) {
        const now = clock.now();
        await clock.sleepUntil(Math.floor((now - COUNTED_AT) / MINUTE) * MINUTE + MINUTE + COUNTED_AT);
        if (!exists() || !isActive(queue, clock.now())) break;
        metrics.record({
          namespace: 'AWS/SQS',
          name: 'ApproximateNumberOfMessagesVisible',
          dimensions: { QueueName: queue.name },
          value: queue.visible(clock.now()).length,
          at: clock.now(),
          unit: 'Count',
        });
      }
      queue.isReporting = false;
    },
    { daemon: true },
  );
}

function isActive(queue: Queue, now: number): boolean {
  return now - queue.usedAt <= ACTIVE || queue.messages(now).length > 0;
}
