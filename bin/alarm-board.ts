import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { releaseClients } from '../release/aws/clients';
import { AlarmBoard, type WidgetEvent } from '../release/board/alarm-board';
import { readEnvironments } from '../release/notify/watched-environments';

let board: AlarmBoard | undefined;

/** Lambda's entry point: CloudWatch invokes it whenever an environment's dashboard is shown, and shows the HTML it returns. */
export const handler = (event: WidgetEvent): Promise<string> => {
  board ??= start();
  return board.draw(event);
};

function start(): AlarmBoard {
  const problems: string[] = [];
  const environments = readEnvironments(process.env.ENVIRONMENTS ?? '', problems);
  if (!process.env.ENVIRONMENTS) problems.push('ENVIRONMENTS is not set');
  if (problems.length > 0)
    throw new TypeError(`${problems.join('; ')}; the pipeline's stack sets it, so deploy it again`);
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
