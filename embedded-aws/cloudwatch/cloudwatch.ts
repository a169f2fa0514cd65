import type { AlarmState } from '../../aws-rules/alarm-evaluation';
import type { VirtualClock } from '../clock';
import type { Operations, ServiceApi } from '../protocol/api';
import type { Input } from '../protocol/input';
import { jsonApi } from '../protocol/json';
import { queryApi } from '../protocol/query';
import type { Random } from '../random';
import type { ResourceType } from '../resource-type';
import type { Scope } from '../scope';
import { CLOUDWATCH_ACCESS } from './access';
import type { Alarm, AlarmTransition } from './alarm';
import { parseAlarm } from './alarm-definition';
import { alarmOperations } from './alarm-operations';
import { Alarms } from './alarms';
import { Dashboards } from './dashboards';
import type { MetricDatum, MetricSink } from './metric';
import { metricOperations } from './metric-operations';
import { MetricStore } from './metric-store';
import { resourceTypes } from './resource-types';

interface CloudWatchProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
  /**
   * @returns Why a topic does not accept messages of an alarm; undefined when it does.
   *
   * @default - Every topic does.
   */
  readonly refusal?: (alarm: Alarm, topicArn: string) => string | undefined;
  /**
   * Called for each state change that has actions; `transition.actions` are the topics to notify.
   *
   * @default - Actions have no effect.
   */
  readonly actions?: (alarm: Alarm, transition: AlarmTransition) => void;
}

/** Amazon CloudWatch of one account and region: metrics, alarms and dashboards; contract.md has its rules. */
export class CloudWatch implements MetricSink {
  readonly api: ServiceApi;
  readonly resourceTypes: readonly ResourceType[];
  readonly #store: MetricStore;
  readonly #alarms: Alarms;
  readonly #transitions: AlarmTransition[] = [];

  constructor({ scope, clock, random, actions, refusal = () => undefined }: CloudWatchProps) {
    this.#store = new MetricStore(clock);
    this.#alarms = new Alarms({
      scope,
      clock,
      random: random.stream('alarms'),
      store: this.#store,
      refusal,
      onTransition: (alarm, transition, accepted) => {
        this.#transitions.push(transition);
        if (accepted.length > 0) actions?.(alarm, { ...transition, actions: accepted });
      },
    });
    const dashboards = new Dashboards(scope);
    this.resourceTypes = resourceTypes({ alarms: this.#alarms, dashboards, clock, random });
    this.api = everyProtocol({
      ...metricOperations(this.#store, clock),
      ...alarmOperations(this.#alarms),
      ...dashboards.operations,
    });
  }

  record(datum: MetricDatum): void {
    this.#store.record(datum);
  }

  /**
   * Creates an alarm, or replaces the definition of the alarm of that name (PutMetricAlarm).
   *
   * @param members Members of PutMetricAlarm, which are the properties of AWS::CloudWatch::Alarm.
   * @throws AwsError when CloudWatch would refuse the alarm; Unsupported for unsupported members.
   */
  putMetricAlarm(members: Input): void {
    this.#alarms.put(parseAlarm(members));
  }

  /** @returns The state of an alarm, as CodeDeploy polls it; undefined when the alarm does not exist. */
  state(alarmName: string): { readonly value: AlarmState; readonly reason: string } | undefined {
    const alarm = this.#alarms.get(alarmName);
    return alarm && { value: alarm.state, reason: alarm.reason };
  }

  /** @returns All state changes of all alarms, oldest first. */
  transitions(): readonly AlarmTransition[] {
    return this.#transitions;
  }
}

/** Serves all protocols: current SDKs send JSON or CBOR, older ones Query. All sign for `monitoring`. */
function everyProtocol(operations: Operations): ServiceApi {
  const common = { signingName: 'monitoring', operations, access: CLOUDWATCH_ACCESS };
  const json = jsonApi({ ...common, target: 'GraniteServiceVersion20100801', version: '1.0' });
  const xmlNamespace = 'http://monitoring.amazonaws.com/doc/2010-08-01/';
  const query = queryApi({ ...common, xmlNamespace });
  return {
    signingName: json.signingName,
    operations: json.operations,
    handle: (request) => {
      const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
      return (isForm ? query : json).handle(request);
    },
  };
}
