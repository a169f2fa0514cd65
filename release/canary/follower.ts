import type { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import type { ReleaseClients } from '../aws/clients';
import { Collector, callsPerLook, type ReleaseFacts } from '../collect/collect';
import { Reading } from '../collect/reading';
import { ReleaseError } from '../errors';
import { Ledger, type ReleaseRecord } from '../ledger/ledger';
import { recordConclusion } from '../ledger/record-conclusion';
import { judge } from '../outcome/judge';
import { functionsOf, type ReleaseOutcome } from '../outcome/outcome';
import { summary } from '../render/summary';
import { type DeployRun, newestDeployRun } from './deploy-run';
import { neverBuilt, unsaid, withoutWord } from './failures';
import type { CanaryParameters } from './job';
import { line, type Progress } from './progress';

/** What one look at a release gave: how it stands, as far as that is known, or what became of it. */
export type Look =
  | ({ readonly type: 'progress'; readonly stackStatus?: string } & Pick<Progress, 'summary'> & Partial<Progress>)
  | { readonly type: 'verdict'; readonly outcome: ReleaseOutcome };

export interface FollowProps {
  readonly codePipeline: CodePipelineClient;
  readonly clients: ReleaseClients;
  readonly parameters: CanaryParameters;
  /** milliseconds since the epoch */
  readonly now: () => number;
  /** told what went wrong beside the release, in words */
  readonly onWarning: (warning: string) => void;
}

/** A Deploy that ended before the action began may be an earlier attempt's, whose stage is retried: so long is waited. In milliseconds. */
const RETRY_GRACE = 60_000;

/** So long is waited for what Deploy should have written down and for what cannot be read once it has ended. In milliseconds. */
const PATIENCE = 10 * 60_000;

/** Follows Deploy in one pipeline execution, a look at a time. What cannot change any more is looked at once. */
export class Follower {
  readonly #ledger: Ledger;
  readonly #collector: Collector;

  constructor(private readonly props: FollowProps) {
    const { clients, parameters, now } = props;
    this.#ledger = new Ledger(clients.dynamoDb, parameters.stack, now);
    this.#collector = new Collector(clients, parameters.stack, { now, perLook: callsPerLook });
  }

  /**
   * Looks once. What AWS does not answer is said in the summary, and does not end anything.
   *
   * @param began when the action was first called; milliseconds since the epoch
   * @throws whatever nobody could foresee
   */
  async look(began: number): Promise<Look> {
    const { codePipeline, parameters, now } = this.props;
    const reading = new Reading();
    const run = await reading.read('how Deploy stands', () => newestDeployRun(codePipeline, parameters));
    if (reading.unread.length > 0) return waiting('following the release', reading);
    if (!run) return waiting('waiting for Deploy', reading);
    if (Date.parse(run.updated) < began && isOver(run) && now() < began + RETRY_GRACE) {
      return waiting('Deploy has ended already; waiting whether it is run again', reading);
    }
    if (!run.build) {
      return isOver(run)
        ? this.#verdict(neverBuilt(run, parameters.stack))
        : waiting('Deploy starts its build', reading);
    }
    const found = await this.#find(run.build, reading);
    if (found?.conclusion) return this.#verdict(found.conclusion.outcome);
    return this.#stand({ ...run, build: run.build }, found, reading);
  }

  /** Not concluded yet: Deploy is at work, or has ended without a word. */
  async #stand(run: Built, found: ReleaseRecord | undefined, reading: Reading): Promise<Look> {
    const ended = isOver(run);
    if (!found && !(ended && reading.unread.length === 0)) {
      // Deploy goes on when it cannot write itself down, so after a while the stack's events have to do.
      const since = Date.parse(ended ? run.updated : run.began);
      if (this.props.now() < since + PATIENCE)
        return waiting(ended ? 'Deploy has ended' : 'Deploy gets ready', reading);
    }
    const record = found ?? this.#recordOf(run);
    const facts = await this.#collector.since(record.baseline);
    return ended
      ? this.#afterwards(run, record, facts, { known: found !== undefined, reading })
      : this.#meanwhile(facts, reading);
  }

  #meanwhile(facts: ReleaseFacts, reading: Reading): Look {
    if (facts.blind) return waiting('Deploy is at work', reading, facts);
    if (facts.events.length === 0)
      return waiting('Deploy is at work and has not changed the stack yet', reading, facts);
    const outcome = judge(facts, { deployed: true });
    return this.#progress(outcome, reading, outcome.type === 'in-progress' ? '' : 'Deploy is about to end');
  }

  /** Deploy has ended and said nothing: it was stopped or timed out, or could not write its conclusion down. */
  async #afterwards(
    run: Built,
    record: ReleaseRecord,
    facts: ReleaseFacts,
    { known, reading }: { readonly known: boolean; readonly reading: Reading },
  ): Promise<Look> {
    const isPatient = this.props.now() < Date.parse(run.updated) + PATIENCE;
    if (facts.blind && isPatient) return waiting('Deploy has ended', reading, facts);
    const deployed = run.status === 'Succeeded';
    const outcome = judge(facts, { deployed, ...(deployed ? {} : { refusal: withoutWord(run) }) });
    // What cannot be read now somebody else may know, so that is not written down.
    if (facts.blind) return this.#verdict(outcome);
    if (outcome.type === 'in-progress' || facts.incomplete) return this.#progress(outcome, reading, 'Deploy has ended');
    const verdict = outcome.type === 'unchanged' ? unsaid(outcome) : outcome;
    return (await this.#conclude(record, verdict, known)) ?? this.#progress(verdict, reading, 'not written down yet');
  }

  /** @returns undefined when it must be tried again */
  async #conclude(record: ReleaseRecord, outcome: ReleaseOutcome, known: boolean): Promise<Look | undefined> {
    const { clients, now, onWarning } = this.props;
    const reading = new Reading();
    const recorded = await reading.read('the ledger', () =>
      recordConclusion(clients, record, outcome, new Date(now()).toISOString()),
    );
    const [refused] = reading.unread;
    if (refused) {
      onWarning(`the conclusion was not written down: ${refused.message}`);
      // Of a release that is not in the ledger nobody expects a conclusion there.
      return known && refused.why !== 'denied' && refused.why !== 'gone' ? undefined : this.#verdict(outcome);
    }
    if (recorded?.warning) onWarning(recorded.warning);
    if (recorded?.first) return this.#verdict(outcome);
    // Somebody was quicker, and that conclusion stands.
    const found = await this.#find(record.build, reading);
    return found?.conclusion && this.#verdict(found.conclusion.outcome);
  }

  async #find(build: string, reading: Reading): Promise<ReleaseRecord | undefined> {
    const what = 'the ledger of releases';
    try {
      return await reading.read(what, () => this.#ledger.find(build));
    } catch (error) {
      if (!(error instanceof ReleaseError)) throw error;
      reading.miss({ what, why: 'failed', message: error.message });
      return undefined;
    }
  }

  #progress(outcome: ReleaseOutcome, reading: Reading, addition: string): Look {
    const { text, percentComplete } = summary(outcome, this.props.now());
    const deployment = deploymentOf(outcome);
    return {
      type: 'progress',
      summary: line([text, addition], [...reading.unread, ...(outcome.unread ?? [])]),
      // All of it is only done when there is a verdict.
      percentComplete: Math.min(99, percentComplete),
      stackStatus: outcome.stackStatus,
      ...(deployment ? { externalExecutionId: deployment } : {}),
    };
  }

  #verdict(outcome: ReleaseOutcome): Look {
    return { type: 'verdict', outcome };
  }

  /** Nothing is written down of it, so its beginning is the pipeline's. */
  #recordOf({ build, began }: Built): ReleaseRecord {
    const { stack, execution } = this.props.parameters;
    return { build, began, execution, baseline: { stackName: stack, time: Date.parse(began) } };
  }
}

type Built = DeployRun & { readonly build: string };

/** @returns the deployment that matters most: one that failed, else the first */
export function deploymentOf(outcome: ReleaseOutcome): string | undefined {
  const functions = functionsOf(outcome);
  return (functions.find(({ cause }) => cause) ?? functions[0])?.deploymentId;
}

function isOver({ status }: DeployRun): boolean {
  return status !== 'InProgress';
}

function waiting(text: string, { unread }: Reading, facts?: ReleaseFacts): Look {
  return {
    type: 'progress',
    summary: line([text], [...unread, ...(facts?.unread ?? [])]),
    ...(facts?.stackStatus ? { stackStatus: facts.stackStatus } : {}),
  };
}
