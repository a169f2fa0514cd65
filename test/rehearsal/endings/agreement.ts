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

/** A release's outcome, as one source reports it. */
interface ReportedOutcome {
  readonly type: string;
  readonly headline: string;
}

/** All sources that report the outcome of a release. */
const SOURCES = ['deploy', 'canary', 'notification', 'ledger', 'outcome'] as const;

type Source = (typeof SOURCES)[number];

/**
 * Reads the outcome of a release from all sources: Deploy's log, the Canary action in the console, the notification,
 * the ledger, and the command `npm run outcome -- --json`. Expects all to report the same.
 *
 * @param silent The source that reports nothing this time.
 * @returns The outcome that they report.
 */
export async function agreement(stage: Stage, release: RehearsedRelease, silent?: Source): Promise<ReportedOutcome> {
  const { status, outcome } = await outcomeCommand(stage);
  const [deploy, canary] = [actionOf(release, 'Deploy'), actionOf(release, 'Canary')];
  const word = { type: outcome.type, headline: headline(outcome) };
  const reported: Readonly<Record<Source, ReportedOutcome | undefined>> = {
    deploy: ofDeploy(deploy, outcome),
    canary: ofCanary(canary, outcome),
    notification: ofNotification(release, stage.environment.name, headline(outcome)),
    ledger: await ofLedger(stage, release),
    outcome: word,
  };
  expect(reported).toEqual(Object.fromEntries(SOURCES.map((source) => [source, source === silent ? undefined : word])));
  expect(status).toBe(succeeded(outcome) ? 0 : 1);
  expect([deploy.result.type, canary.result.type, release.execution.status]).toEqual(
    succeeded(outcome) ? ['succeeded', 'succeeded', 'Succeeded'] : ['failed', 'failed', 'Failed'],
  );
  return word;
}

/** @returns The only action with that name in the stage prod. */
export function actionOf({ execution }: RehearsedRelease, name: string): ActionExecution {
  const found = execution.actions.filter(({ action }) => action.name === name && action.stage === 'prod');
  if (found.length !== 1) throw new Error(`${found.length} actions ${name} in prod`);
  return found[0]!;
}

/** Types of outcomes by the words with which their first line begins. */
const TYPES: Readonly<Record<string, ReleaseOutcome['type']>> = {
  released: 'released',
  'rolled back': 'rolled-back',
  failed: 'failed',
  unchanged: 'unchanged',
  'first release': 'first-release',
  'in progress': 'in-progress',
};

function typeIn(line: string): string {
  const words = Object.keys(TYPES).find((each) => line.startsWith(each));
  return words === undefined ? `no type in '${line}'` : TYPES[words]!;
}

/**
 * The log contains the whole rendered outcome, whose first line is shorter than the headline. So the log is compared
 * with the rendered outcome, and counts as its headline if it is equal.
 */
function ofDeploy({ log, result }: ActionExecution, outcome: ReleaseOutcome): ReportedOutcome | undefined {
  const outcomeLine = /^[✔✖◌…] (?=released|rolled back|failed|unchanged|first release|in progress|being rolled back)/;
  const at = log.findLastIndex((line) => outcomeLine.test(line));
  if (at < 0) return undefined;
  const rendered = render(outcome).split('\n');
  const text = log.slice(at, at + rendered.length).join('\n');
  const type = typeIn(log[at]!.replace(outcomeLine, ''));
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
 * Expects one notification. If it was sent while the rollback still ran, it says so and does not mention the other
 * functions; otherwise it has the final headline.
 *
 * @param end Final headline.
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
  if (!line.startsWith('being rolled back: ')) return { type, headline: line };
  const [, ofOthers = ''] = /(; \d+ other functions? [^;]+)$/.exec(end) ?? [];
  return { type, headline: `${line.replace('being rolled back: ', 'rolled back: ')}${ofOthers}` };
}

async function ofLedger(stage: Stage, { commit, execution }: RehearsedRelease): Promise<ReportedOutcome | undefined> {
  const { stackName, region } = stage.environment;
  const [record] = await new Ledger(releaseClients(region, stage.access).dynamoDb, stackName).last(1);
  expect(record).toMatchObject({ commit: commit.id, committedAt: commit.date, execution: execution.executionId });
  const outcome = record?.conclusion?.outcome;
  return outcome && { type: outcome.type, headline: headline(outcome) };
}

/** Runs `npm run outcome` against the rehearsal's endpoint. */
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
