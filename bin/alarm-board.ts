import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { releaseClients } from '../release/aws/clients';
import { AlarmBoard, type WidgetEvent } from '../release/board/alarm-board';
import { readEnvironments } from '../release/notify/settings';

let board: AlarmBoard | undefined;

/** CloudWatch calls it for each look at an environment's dashboard, and shows the HTML that it returns. */
export const handler = (event: WidgetEvent): Promise<string> => {
  board ??= start();
  return board.draw(event);
};

function start(): AlarmBoard {
  const wrong: string[] = [];
  const environments = readEnvironments(process.env.ENVIRONMENTS ?? '', wrong);
  if (!process.env.ENVIRONMENTS) wrong.push('ENVIRONMENTS is not set');
  if (wrong.length > 0) throw new TypeError(`${wrong.join('; ')}; the pipeline's stack sets it, so deploy it again`);
  return new AlarmBoard({
    environments,
    clients: ({ region, role }) =>
      releaseClients(region, {
        credentials: fromTemporaryCredentials({
          params: { RoleArn: role, RoleSessionName: 'alarm-board' },
          clientConfig: { region },
        }),
      }),
  });
}
