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

/** What one of those who tell of a release says. */
export interface Word {
  readonly type: string;
  readonly headline: string;
}

/** Those who tell of a release, each read where people read it. */
const TELLERS = ['deploy', 'canary', 'notification', 'ledger', 'outcome'] as const;

export type Teller = (typeof TELLERS)[number];

/**
 * Reads what each of those says who tell of a release: Deploy's log, the Canary action in the console, the message to
 * people, the ledger, and the command `npm run outcome -- --json`. All must say the same.
 *
 * @param silent who cannot say anything this time, @default each says something
 * @returns what they all say
 */
export async function agreement(stage: Stage, release: RehearsedRelease, silent?: Teller): Promise<Word> {
  const told = await outcomeCommand(stage);
  const [deploy, canary] = [actionOf(release, 'Deploy'), actionOf(release, 'Canary')];
  const said: Readonly<Record<Teller, Word | undefined>> = {
    deploy: ofDeploy(deploy, told.outcome),
    canary: ofCanary(canary, told.outcome),
    notification: ofNotification(release, stage.environment.name, headline(told.outcome)),
    ledger: await ofLedger(stage, release),
    outcome: { type: told.outcome.type, headline: headline(told.outcome) },
  };
  const word = said.outcome!;
  const expected = Object.fromEntries(TELLERS.map((teller) => [teller, teller === silent ? undefined : word]));
  expect(said).toEqual(expected);
  expect(told.status).toBe(succeeded(told.outcome) ? 0 : 1);
  expect([deploy.result.type, canary.result.type, release.execution.status]).toEqual(
    succeeded(told.outcome) ? ['succeeded', 'succeeded', 'Succeeded'] : ['failed', 'failed', 'Failed'],
  );
  return word;
}

/** @returns an action of the stage that releases */
export function actionOf({ execution }: RehearsedRelease, name: string): ActionExecution {
  const found = execution.actions.filter(({ action }) => action.name === name && action.stage === 'prod');
  if (found.length !== 1) throw new Error(`${found.length} actions ${name} in prod`);
  return found[0]!;
}

/** How the first line of a verdict begins. */
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
 * The log has the verdict in full, whose first line is for people who know already what they look at. So it says the
 * headline of the outcome that it renders.
 */
function ofDeploy({ log, result }: ActionExecution, outcome: ReleaseOutcome): Word | undefined {
  const verdict = /^[✔✖◌…] (?=released|rolled back|failed|unchanged|first release|in progress|being rolled back)/;
  const at = log.findLastIndex((line) => verdict.test(line));
  if (at < 0) return undefined;
  const rendered = render(outcome).split('\n');
  const text = log.slice(at, at + rendered.length).join('\n');
  const type = typeIn(log[at]!.replace(verdict, ''));
  if (result.type !== 'succeeded') return { type, headline: text === render(outcome) ? headline(outcome) : text };
  const { RELEASE_OUTCOME = '', RELEASE_HEADLINE = '' } = result.variables;
  expect({ type: RELEASE_OUTCOME, text }).toEqual({ type, text: render(outcome) });
  return { type, headline: RELEASE_HEADLINE };
}

/** The console shows a summary, or the message of a failure, which must have the whole verdict. */
function ofCanary({ result, progress }: ActionExecution, outcome: ReleaseOutcome): Word {
  if (result.type === 'failed') {
    expect(result.message).toBe(failureMessage(outcome));
    const [line = ''] = result.message.split('\n');
    return { type: typeIn(line), headline: line };
  }
  const shown = progress.findLast(({ summary }) => summary !== undefined)?.summary;
  if (result.type === 'reported') throw new Error(`the Canary action was not run; at last it said: ${shown}`);
  const { RELEASE_OUTCOME = '', RELEASE_HEADLINE = '' } = result.variables;
  expect(RELEASE_HEADLINE).toBe(result.summary);
  return { type: RELEASE_OUTCOME, headline: result.summary };
}

/**
 * One message. One that was sent while the rollback still ran says so, and cannot know yet what becomes of the other
 * functions; for the rest its words are those of the end.
 *
 * @param end the headline of how it ended
 */
function ofNotification({ notifications }: RehearsedRelease, environment: string, end: string): Word | undefined {
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

async function ofLedger(stage: Stage, { commit, execution }: RehearsedRelease): Promise<Word | undefined> {
  const { stackName, region } = stage.environment;
  const [record] = await new Ledger(releaseClients(region, stage.access).dynamoDb, stackName).last(1);
  expect(record).toMatchObject({ commit: commit.id, committedAt: commit.date, execution: execution.executionId });
  const outcome = record?.conclusion?.outcome;
  return outcome && { type: outcome.type, headline: headline(outcome) };
}

/** Runs the command as a person does, against the rehearsal's endpoint. */
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
