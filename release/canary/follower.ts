import type { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import type { ReleaseClients } from '../aws/clients';
import { Collector, callsPerRead } from '../collect/collect';
import { Reading } from '../collect/reading';
import { ReleaseError } from '../errors';
import { Ledger, type ReleaseRecord } from '../ledger/ledger';
import { recordConclusion } from '../ledger/record-conclusion';
import { judge } from '../outcome/judge';
import { functionsOf, type ReleaseOutcome } from '../outcome/outcome';
import type { ReleaseFacts } from '../outcome/release-facts';
import type { Unread } from '../outcome/unread';
import { summary } from '../render/summary';
import { type DeployRun, newestDeployRun } from './deploy-run';
import { buildNeverStarted, endedWithoutOutcome, unconfirmedUnchanged } from './failures';
import type { CanaryParameters } from './job';
import type { Progress } from './job-reply';

/** Result of one read of a release: how far it is, as far as that is known, or its outcome. */
export type FollowStep =
  | ({ readonly type: 'progress'; readonly stackStatus?: string } & Pick<Progress, 'summary'> & Partial<Progress>)
  | { readonly type: 'outcome'; readonly outcome: ReleaseOutcome };

interface FollowerProps {
  readonly codePipeline: CodePipelineClient;
  readonly clients: ReleaseClients;
  readonly parameters: CanaryParameters;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Called with problems that do not affect the release. */
  readonly onWarning: (warning: string) => void;
}

/**
 * Milliseconds to wait after a Deploy that ended before the action began: its stage may be retried, and then it runs
 * again.
 */
const RETRY_GRACE = 60_000;

/** Milliseconds to wait, after Deploy has ended, for its record in the ledger and for reads that fail. */
const PATIENCE = 10 * 60_000;

/** Follows Deploy in one pipeline execution, one read at a time. What cannot change any more is read once. */
export class Follower {
  readonly #props: FollowerProps;
  readonly #ledger: Ledger;
  readonly #collector: Collector;

  constructor(props: FollowerProps) {
    const { clients, parameters, now } = props;
    this.#props = props;
    this.#ledger = new Ledger(clients.dynamoDb, parameters.stack, now);
    this.#collector = new Collector(clients, parameters.stack, { now, perRead: callsPerRead });
  }

  /**
   * Reads once. What AWS does not answer is part of the summary, and ends nothing.
   *
   * @param began When the action was first invoked, in milliseconds since the epoch.
   * @throws Every unexpected error.
   */
  async follow(began: number): Promise<FollowStep> {
    const { codePipeline, parameters, now } = this.#props;
    const reading = new Reading();
    const run = await reading.read('the status of Deploy', () => newestDeployRun(codePipeline, parameters));
    if (reading.unread.length > 0) return waiting('following the release', reading);
    if (!run) return waiting('waiting for Deploy', reading);
    if (Date.parse(run.updated) < began && hasEnded(run) && now() < began + RETRY_GRACE) {
      return waiting('Deploy has already ended; waiting in case it is retried', reading);
    }
    if (!run.build) {
      return hasEnded(run)
        ? outcomeStep(buildNeverStarted(run, parameters.stack))
        : waiting('Deploy is starting its build', reading);
    }
    const found = await this.#find(run.build, reading);
    if (found?.conclusion) return outcomeStep(found.conclusion.outcome);
    return this.#unconcluded({ ...run, build: run.build }, found, reading);
  }

  /** Deploy is running, or has ended without recording an outcome. */
  async #unconcluded(run: StartedRun, found: ReleaseRecord | undefined, reading: Reading): Promise<FollowStep> {
    const ended = hasEnded(run);
    if (!found && !(ended && reading.unread.length === 0)) {
      // Deploy goes on when it cannot write to the ledger, so after a while the stack's events have to suffice.
      const since = Date.parse(ended ? run.updated : run.began);
      if (this.#props.now() < since + PATIENCE)
        return waiting(ended ? 'Deploy has ended' : 'Deploy is preparing the release', reading);
    }
    const record = found ?? this.#recordOf(run);
    const facts = await this.#collector.since(record.baseline);
    return ended
      ? this.#afterDeploy(run, record, facts, { known: found !== undefined, reading })
      : this.#duringDeploy(facts, reading);
  }

  #duringDeploy(facts: ReleaseFacts, reading: Reading): FollowStep {
    if (facts.blind) return waiting('Deploy is running', reading, facts);
    if (facts.events.length === 0) return waiting('Deploy is running, the stack has not changed yet', reading, facts);
    const outcome = judge(facts, { deployed: true });
    return this.#progress(outcome, reading, outcome.type === 'in-progress' ? '' : 'Deploy is about to end');
  }

  /** Deploy has ended without recording an outcome: it was stopped, timed out, or could not write to the ledger. */
  async #afterDeploy(
    run: StartedRun,
    record: ReleaseRecord,
    facts: ReleaseFacts,
    { known, reading }: { readonly known: boolean; readonly reading: Reading },
  ): Promise<FollowStep> {
    const isPatient = this.#props.now() < Date.parse(run.updated) + PATIENCE;
    if (facts.blind && isPatient) return waiting('Deploy has ended', reading, facts);
    const deployed = run.status === 'Succeeded';
    const judged = judge(facts, { deployed, ...(deployed ? {} : { refusal: endedWithoutOutcome(run) }) });
    // Another component may be able to read what this one cannot, so an undetermined outcome is not recorded.
    if (facts.blind) return outcomeStep(judged);
    if (judged.type === 'in-progress' || facts.incomplete) return this.#progress(judged, reading, 'Deploy has ended');
    const outcome = judged.type === 'unchanged' ? unconfirmedUnchanged(judged) : judged;
    return (await this.#conclude(record, outcome, known)) ?? this.#progress(outcome, reading, 'not recorded yet');
  }

  /** @returns Undefined when it has to be tried again. */
  async #conclude(record: ReleaseRecord, outcome: ReleaseOutcome, known: boolean): Promise<FollowStep | undefined> {
    const { clients, now, onWarning } = this.#props;
    const reading = new Reading();
    const recorded = await reading.read('the ledger', () =>
      recordConclusion(clients, record, outcome, new Date(now()).toISOString()),
    );
    const [refused] = reading.unread;
    if (refused) {
      onWarning(`the outcome could not be recorded: ${refused.message}`);
      // A release that is not in the ledger does not need its outcome there.
      return known && refused.why !== 'denied' && refused.why !== 'gone' ? undefined : outcomeStep(outcome);
    }
    if (recorded?.warning) onWarning(recorded.warning);
    if (recorded?.first) return outcomeStep(outcome);
    // Another component has recorded an outcome first, and that one counts.
    const found = await this.#find(record.build, reading);
    return found?.conclusion && outcomeStep(found.conclusion.outcome);
  }

  async #find(build: string, reading: Reading): Promise<ReleaseRecord | undefined> {
    const what = 'the release ledger';
    try {
      return await reading.read(what, () => this.#ledger.find(build));
    } catch (error) {
      if (!(error instanceof ReleaseError)) throw error;
      reading.miss({ what, why: 'failed', message: error.message });
      return undefined;
    }
  }

  #progress(outcome: ReleaseOutcome, reading: Reading, addition: string): FollowStep {
    const { text, percentComplete } = summary(outcome, this.#props.now());
    const deployment = deploymentOf(outcome);
    return {
      type: 'progress',
      summary: summaryLine([text, addition], [...reading.unread, ...(outcome.unread ?? [])]),
      // 100 % only together with the outcome.
      percentComplete: Math.min(99, percentComplete),
      stackStatus: outcome.stackStatus,
      ...(deployment ? { externalExecutionId: deployment } : {}),
    };
  }

  /** A record for a release that is not in the ledger; the pipeline knows when it began. */
  #recordOf({ build, began }: StartedRun): ReleaseRecord {
    const { stack, execution } = this.#props.parameters;
    return { build, began, execution, baseline: { stackName: stack, time: Date.parse(began) } };
  }
}

type StartedRun = DeployRun & { readonly build: string };

/** @returns The deployment that matters most: one that failed, else the first. */
export function deploymentOf(outcome: ReleaseOutcome): string | undefined {
  const functions = functionsOf(outcome);
  return (functions.find(({ cause }) => cause) ?? functions[0])?.deploymentId;
}

function hasEnded({ status }: DeployRun): boolean {
  return status !== 'InProgress';
}

function outcomeStep(outcome: ReleaseOutcome): FollowStep {
  return { type: 'outcome', outcome };
}

function waiting(text: string, { unread }: Reading, facts?: ReleaseFacts): FollowStep {
  return {
    type: 'progress',
    summary: summaryLine([text], [...unread, ...(facts?.unread ?? [])]),
    ...(facts?.stackStatus ? { stackStatus: facts.stackStatus } : {}),
  };
}

/** @returns One line of the parts that are not empty, and of what could not be read. */
function summaryLine(parts: readonly string[], unread: readonly Unread[]): string {
  return [...parts, couldNotRead(unread)].filter(Boolean).join(' · ');
}

function couldNotRead([first, ...others]: readonly Unread[]): string {
  if (!first) return '';
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return `could not read ${first.what} (${first.why}: ${first.message})${more}`;
}
