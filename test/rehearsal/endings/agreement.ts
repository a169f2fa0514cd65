import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ActionExecution } from '../../../rehearsal/pipeline/pipeline-event';
import type { RehearsedRelease } from '../../../rehearsal/rehearsal';
import { releaseClients } from '../../../release/aws/clients';
import { Ledger } from '../../../release/ledger/ledger';
import { type ReleaseOutcome, succeeded } from '../../../release/outcome/outcome';
import { failureMessage, headline, render } from '../../../release/render';
import type { Stage } from './stage';

const repository = join(__dirname, '../../..');

/** The outcome of a release as one place reports it. */
interface ReportedOutcome {
  readonly type: string;
  readonly headline: string;
}

/** The places that report the outcome of a release. */
const PLACES = ['deploy', 'canary', 'notification', 'ledger', 'outcome'] as const;

type ReportingPlace = (typeof PLACES)[number];

/**
 * Reads the outcome of a release in every place that reports it: Deploy's log, the Canary action in the console, the message
 * to people, the ledger, and the command `npm run outcome -- --json`. All must report the same.
 *
 * @param silent A place that cannot report anything this time. @default - every place reports
 * @returns What all of them report.
 */
export async function agreement(
  stage: Stage,
  release: RehearsedRelease,
  silent?: ReportingPlace,
): Promise<ReportedOutcome> {
  const command = await outcomeCommand(stage);
  const [deploy, canary] = [actionOf(release, 'Deploy'), actionOf(release, 'Canary')];
  const reported: Readonly<Record<ReportingPlace, ReportedOutcome | undefined>> = {
    deploy: ofDeploy(deploy, command.outcome),
    canary: ofCanary(canary, command.outcome),
    notification: ofNotification(release, stage.environment.name, headline(command.outcome)),
    ledger: await ofLedger(stage, release),
    outcome: { type: command.outcome.type, headline: headline(command.outcome) },
  };
  const outcome = reported.outcome!;
  const expected = Object.fromEntries(PLACES.map((place) => [place, place === silent ? undefined : outcome]));
  expect(reported).toEqual(expected);
  expect(command.status).toBe(succeeded(command.outcome) ? 0 : 1);
  expect([deploy.result.type, canary.result.type, release.execution.status]).toEqual(
    succeeded(command.outcome) ? ['succeeded', 'succeeded', 'Succeeded'] : ['failed', 'failed', 'Failed'],
  );
  return outcome;
}

/** @returns An action of the stage that releases. */
export function actionOf({ execution }: RehearsedRelease, name: string): ActionExecution {
  const found = execution.actions.filter(({ action }) => action.name === name && action.stage === 'prod');
  if (found.length !== 1) throw new Error(`${found.length} actions ${name} in prod`);
  return found[0]!;
}

/** How the first line of an outcome begins. */
const TYPES: Readonly<Record<string, ReleaseOutcome['type']>> = {
  released: 'released',
  'rolled back': 'rolled-back',
  failed: 'failed',
  unchanged: 'unchanged',
  'first release': 'first-release',
  'in progress': 'in-progress',
  'rolling back': 'in-progress',
};

function typeIn(line: string): string {
  const label = Object.keys(TYPES).find((each) => line.startsWith(each));
  return label === undefined ? `no type in '${line}'` : TYPES[label]!;
}

/** The log contains the whole outcome but not its headline, so the headline is that of the outcome which it renders. */
function ofDeploy({ log, result }: ActionExecution, outcome: ReleaseOutcome): ReportedOutcome | undefined {
  const start = /^[✔✖◌…] (?=released|rolled back|failed|unchanged|first release|in progress|rolling back)/;
  const at = log.findLastIndex((line) => start.test(line));
  if (at < 0) return undefined;
  const rendered = render(outcome).split('\n');
  const text = log.slice(at, at + rendered.length).join('\n');
  const type = typeIn(log[at]!.replace(start, ''));
  if (result.type !== 'succeeded') return { type, headline: text === render(outcome) ? headline(outcome) : text };
  const { RELEASE_OUTCOME = '', RELEASE_HEADLINE = '' } = result.variables;
  expect({ type: RELEASE_OUTCOME, text }).toEqual({ type, text: render(outcome) });
  return { type, headline: RELEASE_HEADLINE };
}

/** The console shows a summary, or the message of a failure, which must contain the whole outcome. */
function ofCanary({ result, progress }: ActionExecution, outcome: ReleaseOutcome): ReportedOutcome {
  if (result.type === 'failed') {
    expect(result.message).toBe(failureMessage(outcome));
    const [line = ''] = result.message.split('\n');
    return { type: typeIn(line), headline: line };
  }
  const shown = progress.findLast(({ summary }) => summary !== undefined)?.summary;
  if (result.type === 'reported') throw new Error(`the Canary action was not run; its last summary: ${shown}`);
  const { RELEASE_OUTCOME = '', RELEASE_HEADLINE = '' } = result.variables;
  expect(RELEASE_HEADLINE).toBe(result.summary);
  return { type: RELEASE_OUTCOME, headline: result.summary };
}

/**
 * There must be one message. A message that was sent during the rollback says so, and cannot contain the result of the other
 * functions yet; apart from that its text is that of the final headline.
 *
 * @param end The final headline.
 */
function ofNotification(
  { notifications }: RehearsedRelease,
  environment: string,
  end: string,
): ReportedOutcome | undefined {
  const [message, ...others] = notifications;
  if (!message) return undefined;
  expect(others).toEqual([]);
  expect(message.attributes.environment).toBe(environment);
  expect(message.to).toEqual(['team@example.com']);
  const [line = ''] = message.message.split('\n');
  const { outcome: type = '' } = message.attributes;
  if (!line.startsWith('rolling back: ')) return { type, headline: line };
  const [, ofOthers = ''] = /(; \d+ other functions? [^;]+)$/.exec(end) ?? [];
  return { type, headline: `${line.replace('rolling back: ', 'rolled back: ')}${ofOthers}` };
}

async function ofLedger(stage: Stage, { commit, execution }: RehearsedRelease): Promise<ReportedOutcome | undefined> {
  const { stackName, region } = stage.environment;
  const [record] = await new Ledger(releaseClients(region, stage.access).dynamoDb, stackName).last(1);
  expect(record).toMatchObject({ commit: commit.id, committedAt: commit.date, execution: execution.executionId });
  const outcome = record?.conclusion?.outcome;
  return outcome && { type: outcome.type, headline: headline(outcome) };
}

/** Runs the command as a user does, against the rehearsal's endpoint. */
async function outcomeCommand(stage: Stage): Promise<{ readonly status: number; readonly outcome: ReleaseOutcome }> {
  const { endpoint, credentials } = stage.access;
  const { stackName, region } = stage.environment;
  const args = ['run', '--silent', 'outcome', '--', '--stack', stackName, '--region', region, '--json'];
  const env = {
    PATH: process.env.PATH,
    HOME: stage.scratch.path,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    npm_config_update_notifier: 'false',
  };
  const ended = await promisify(execFile)('npm', args, { cwd: repository, env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { readonly code: number; readonly stdout: string; readonly stderr: string }) => error,
  );
  if (!ended.stdout) throw new Error(`npm run outcome ended with ${ended.code}: ${ended.stderr}`);
  return { status: ended.code, outcome: JSON.parse(ended.stdout) };
}
