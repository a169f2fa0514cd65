import { paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import type { ReleaseClients } from '../aws/clients';
import { Reading } from '../collect/reading';
import { ReleaseError } from '../errors';
import { Ledger } from '../ledger/ledger';
import type { WatchedEnvironment } from '../notify/watched-environments';
import { headline } from '../render/wording';
import { type Board, type BoardAlarm, type LastRelease, renderBoard, worstFirst } from './render-board';

/** Event with which CloudWatch invokes a custom widget's function, including the widget's own parameters. */
export interface WidgetEvent {
  /** True when the widget is being edited and its description is needed. */
  readonly describe?: boolean;
  /** Name of the environment whose dashboard contains the widget. */
  readonly environment?: string;
}

interface AlarmBoardProps {
  readonly environments: readonly WatchedEnvironment[];
  readonly clients: (environment: WatchedEnvironment) => ReleaseClients;
}

/** The widget's documentation, shown where it is edited, in Markdown. */
const DESCRIPTION = `## Alarms and last release
Shows every alarm whose name begins with the name of the service's stack, worst first, and the last release in the ledger.

### Widget parameters
Param | Description
---|---
**environment** | Name of the environment in the pipeline's configuration

### Example parameters
\`\`\` yaml
environment: prod
\`\`\`
`;

/**
 * Draws the alarms of an environment as a custom widget of its CloudWatch dashboard. Each version has its own alarms,
 * so a dashboard cannot contain their names.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_about.html
 */
export class AlarmBoard {
  readonly #props: AlarmBoardProps;

  constructor(props: AlarmBoardProps) {
    this.#props = props;
  }

  /**
   * @returns HTML, or Markdown when the description is requested.
   * @throws ReleaseError USAGE when the pipeline has no such environment.
   */
  async draw({ describe, environment: name }: WidgetEvent): Promise<string> {
    if (describe) return DESCRIPTION;
    const { environments, clients } = this.#props;
    const environment = environments.find((each) => each.name === name);
    if (!environment) {
      const known = environments.map((each) => each.name).join(', ');
      throw new ReleaseError('USAGE', `environment: ${JSON.stringify(name) ?? 'missing'}; write one of ${known}`);
    }
    return renderBoard(await readBoard(clients(environment), environment.stack));
  }
}

async function readBoard(clients: ReleaseClients, stack: string): Promise<Board> {
  const reading = new Reading();
  const [alarms, last] = await Promise.all([
    reading.read('the alarms', () => readAlarms(clients, stack)),
    reading
      .read('the ledger', () => readLast(clients, stack))
      .catch((error: unknown) => {
        // The alarms are shown all the same.
        if (!(error instanceof ReleaseError)) throw error;
        reading.miss({ what: 'the ledger', why: 'failed', message: error.message });
        return undefined;
      }),
  ]);
  return { stack, alarms: alarms && worstFirst(alarms), last, unread: reading.unread };
}

async function readAlarms({ cloudWatch, console }: ReleaseClients, stack: string): Promise<BoardAlarm[]> {
  const found: BoardAlarm[] = [];
  const query = { AlarmNamePrefix: `${stack}-`, MaxRecords: 100 };
  for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client: cloudWatch }, query)) {
    for (const { AlarmName = '', StateValue = '', StateReason = '', StateUpdatedTimestamp } of MetricAlarms) {
      const address = console.alarm(AlarmName);
      found.push({
        name: AlarmName,
        state: StateValue,
        reason: StateReason,
        ...(StateUpdatedTimestamp ? { since: StateUpdatedTimestamp.toISOString() } : {}),
        ...(address ? { console: address } : {}),
      });
    }
  }
  return found;
}

async function readLast({ dynamoDb }: ReleaseClients, stack: string): Promise<LastRelease> {
  const [record] = await new Ledger(dynamoDb, stack).last(1);
  if (!record) return { type: 'none' };
  const { began, conclusion } = record;
  if (!conclusion) return { type: 'in-progress', since: began };
  return { type: 'ended', at: conclusion.at, headline: headline(conclusion.outcome) };
}
