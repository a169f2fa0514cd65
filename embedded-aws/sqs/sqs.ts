import type { VirtualClock } from '../clock';
import type { MetricSink } from '../cloudwatch/metric';
import type { ServiceApi } from '../protocol/api';
import type { Random } from '../random';
import type { ResourceType } from '../resource-type';
import type { Scope } from '../scope';
import { sqsApi } from './api';
import { Queues } from './queues';
import { sqsResourceTypes } from './resource-types';

interface SqsProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly metrics: MetricSink;
  /** Endpoint in the URLs of queues; called when a URL is needed. */
  readonly endpointUrl: () => string;
}

/** Amazon SQS of one account and region, standard queues; contract.md has its rules. */
export class Sqs extends Queues {
  readonly api: ServiceApi;
  readonly resourceTypes: readonly ResourceType[];

  constructor({ scope, clock, random, metrics, endpointUrl }: SqsProps) {
    super({ scope, clock, ids: random.stream('ids'), metrics, endpointUrl });
    this.api = sqsApi(this, clock);
    this.resourceTypes = sqsResourceTypes(this, clock, random.stream('names'));
  }
}
