import type { VirtualClock } from '../clock';
import type { MetricSink } from '../cloudwatch/metric';
import type { Queue } from './queue';

const MINUTE = 60_000;
/**
 * Milliseconds after its last use during which a queue without messages is active (SQS developer guide, CloudWatch
 * metrics).
 */
const ACTIVE_TIME = 6 * 60 * MINUTE;
/** Milliseconds into each minute at which messages are counted; SQS documents only that it counts once a minute. */
const COUNTED_AT = 30_000;

interface QueueMetricsProps {
  readonly clock: VirtualClock;
  readonly metrics: MetricSink;
  /** @returns Whether the queue still exists. */
  readonly exists: () => boolean;
}

/** Records the number of messages in a queue once a minute, as a daemon of the clock, until the queue is inactive. */
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
  return now - queue.usedAt <= ACTIVE_TIME || queue.messages(now).length > 0;
}
