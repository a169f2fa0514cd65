import type { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import type { Console } from '../aws/console';
import { Collector } from '../collect/collect';
import type { Ledger, ReleaseRecord } from '../ledger/ledger';
import { judge } from '../outcome/judge';
import { succeeded } from '../outcome/outcome';
import { notice, type Origin, type StageFailure, stageNotice } from '../render/notice';
import { headline } from '../render/wording';
import { claimsOf, type News, type Silence, silence } from './announcement';
import type { StageEvent } from './event';
import { readRecords } from './recent-releases';
import type { Place } from './settings';
import { readActions, type StageAction } from './stage-actions';

export interface EndedStageProps {
  readonly codePipeline: CodePipelineClient;
  /** the one that the pipeline stands in */
  readonly console: Console;
  /** @default the stage belongs to no environment */
  readonly place?: Place | undefined;
  /** where it may be claimed */
  readonly ledgers: readonly Ledger[];
  /** waits between two looks at the stage's actions */
  readonly pause: () => Promise<void>;
}

/** Looks at a failed stage until CodePipeline lists what failed in it; a stage may also fail without any action. */
const LOOKS = 3;

/**
 * Tells how a stage ended: an environment's by the outcome of its release, every other only when it failed.
 *
 * @throws Error when a stage succeeded and nobody wrote down what it released: that must not pass for a release
 */
export async function endedStage(event: StageEvent, props: EndedStageProps): Promise<News | Silence> {
  const { console, place } = props;
  const { pipeline, execution, stage, state } = event;
  if (!place && state === 'SUCCEEDED') return silence(`stage ${stage} releases nothing`);

  const actions = await actionsOf(event, props);
  const origin = originOf(actions, execution, console.execution(pipeline, execution));
  const failed = failedIn(stage, actions);
  if (!place) return failure(event, { props, failed, origin });

  const { records, missing } = await readRecords(place.ledger);
  const record = recordOf(
    records,
    actions.filter((each) => each.stage === stage),
    failed,
  );
  const outcome = record?.conclusion?.outcome;
  if (state === 'SUCCEEDED') {
    if (record && outcome) return concluded(record, outcome, place, origin);
    const why = missing ? `the ledger cannot be read: ${missing.message}` : 'the ledger has no outcome of its release';
    throw new Error(`stage ${stage} of ${pipeline} succeeded in ${execution}, but ${why}`);
  }
  if (record && outcome && !succeeded(outcome)) return concluded(record, outcome, place, origin);
  const release = record ? await nearestTo(record, place) : notBegun(missing);
  return failure(event, { props, failed, origin: { ...origin, commit: record?.commit ?? origin.commit }, release });
}

async function actionsOf(
  { pipeline, execution, stage, state }: StageEvent,
  { codePipeline, pause }: EndedStageProps,
): Promise<readonly StageAction[]> {
  for (let looks = 1; ; looks += 1) {
    const actions = await readActions(codePipeline, pipeline, execution);
    if (state === 'SUCCEEDED' || failedIn(stage, actions).length > 0 || looks === LOOKS) return actions;
    await pause();
  }
}

function failedIn(stage: string, actions: readonly StageAction[]): StageAction[] {
  return actions.filter((each) => each.stage === stage && each.status === 'Failed');
}

/**
 * A stage that is retried releases anew, under a build of its own, and it may fail before that. Hence a record counts only
 * if its build ran last in this execution, and did not fail before whatever failed now had begun.
 */
function recordOf(
  records: readonly ReleaseRecord[],
  actions: readonly StageAction[],
  failed: readonly StageAction[],
): ReleaseRecord | undefined {
  const record = records.find(({ build }) => actions.some(({ externalId }) => externalId === build));
  const deploy = actions.find(({ externalId }) => externalId === record?.build);
  const before = deploy?.status === 'Failed' && failed.some(({ began }) => began > deploy.ended);
  return before ? undefined : record;
}

function concluded(
  record: ReleaseRecord,
  outcome: NonNullable<ReleaseRecord['conclusion']>['outcome'],
  { environment, ledger }: Place,
  origin: Origin,
): News {
  return {
    type: 'news',
    notice: notice(outcome, { ...origin, commit: record.commit ?? origin.commit }),
    environment: environment.name,
    outcome: outcome.type === 'in-progress' ? 'failed' : outcome.type,
    claims: claimsOf(record.build, outcome),
    ledgers: [ledger],
  };
}

/** What can be said of a release that went well although its stage failed, or that nobody concluded. */
async function nearestTo(record: ReleaseRecord, { clients }: Place): Promise<StageFailure['release']> {
  const known = record.conclusion?.outcome;
  if (known) return { words: `yet the release itself is ${headline(known)}`, outcome: known };
  const collector = new Collector(clients, record.baseline.stackName);
  const outcome = judge(await collector.since(record.baseline), { deployed: true });
  return { words: `nobody concluded the release; by what the stack says now it is ${headline(outcome)}`, outcome };
}

function notBegun(missing: Error | undefined): StageFailure['release'] {
  if (!missing) return { words: 'its release had not begun, so nothing was released' };
  return { words: `whether it released anything is not known: the ledger cannot be read (${missing.message})` };
}

interface Failed {
  readonly props: EndedStageProps;
  readonly failed: readonly StageAction[];
  readonly origin: Origin;
  readonly release?: StageFailure['release'];
}

function failure(
  { pipeline, execution, stage }: StageEvent,
  { props: { place, ledgers }, failed, origin, release }: Failed,
): News {
  const ids = failed.map(({ id }) => id);
  return {
    type: 'news',
    notice: stageNotice({ pipeline, stage, actions: failed, origin, ...(release ? { release } : {}) }),
    environment: place?.environment.name ?? 'pipeline',
    outcome: 'failed',
    // Each run of an action has an id of its own, so a retry that fails again is told again.
    claims: [`${execution} ${stage} failed ${ids.join(' ')}`.trim()],
    ledgers,
  };
}

/** The source action gives the commit as a variable (CodePipeline user guide, "Variables available for pipeline actions"). */
function originOf(actions: readonly StageAction[], execution: string, console: string | undefined): Origin {
  const commit = actions.map(({ variables }) => variables.CommitId).find(Boolean);
  return { execution, commit, console };
}
