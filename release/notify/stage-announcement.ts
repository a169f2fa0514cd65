import type { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import type { Console } from '../aws/console';
import { Collector } from '../collect/collect';
import type { Ledger, ReleaseRecord } from '../ledger/ledger';
import { judge } from '../outcome/judge';
import { type ReleaseOutcome, succeeded } from '../outcome/outcome';
import { type NoticeSource, notice, type StageFailure, stageNotice } from '../render/notice';
import { headline } from '../render/wording';
import { type Announcement, claimsOf, type Ignored, ignored } from './announcement';
import type { StageEvent } from './event';
import { readRecentReleases } from './recent-releases';
import type { EnvironmentLocation } from './settings';
import { readActions, type StageAction } from './stage-actions';

interface StageAnnouncementProps {
  readonly codePipeline: CodePipelineClient;
  /** Console of the pipeline's region. */
  readonly console: Console;
  /** The stage's environment. @default - the stage does not belong to an environment */
  readonly location?: EnvironmentLocation | undefined;
  /** Ledgers in which the announcement may be claimed. */
  readonly ledgers: readonly Ledger[];
  /** Waits between two reads of the stage's actions. */
  readonly pause: () => Promise<void>;
}

/**
 * Reads of a failed stage until CodePipeline lists the action that failed; a stage can also fail without any action.
 */
const READS_LIMIT = 3;

/**
 * Announces how a stage ended: the stage of an environment by the outcome of its release, any other stage only when it
 * failed.
 *
 * @throws Error when a stage succeeded although no outcome of its release is recorded, which must not pass for a
 * release.
 */
export async function stageAnnouncement(
  event: StageEvent,
  props: StageAnnouncementProps,
): Promise<Announcement | Ignored> {
  const { console, location } = props;
  const { pipeline, execution, stage, state } = event;
  if (!location && state === 'SUCCEEDED') return ignored(`stage ${stage} releases nothing`);

  const actions = await actionsOf(event, props);
  const source = sourceOf(actions, execution, console.execution(pipeline, execution));
  const failed = failedIn(stage, actions);
  if (!location) return failure(event, { props, failed, source });

  const { records, missing } = await readRecentReleases(location.ledger);
  const record = recordOf(
    records,
    actions.filter((each) => each.stage === stage),
    failed,
  );
  const outcome = record?.conclusion?.outcome;
  if (state === 'SUCCEEDED') {
    if (record && outcome) return concluded(record, outcome, location, source);
    const why = missing
      ? `the ledger cannot be read: ${missing.message}`
      : 'the ledger contains no outcome of its release';
    throw new Error(`stage ${stage} of ${pipeline} succeeded in execution ${execution}, but ${why}`);
  }
  if (record && outcome && !succeeded(outcome)) return concluded(record, outcome, location, source);
  const release = record ? await releaseState(record, location) : notBegun(missing);
  return failure(event, { props, failed, source: { ...source, commit: record?.commit ?? source.commit }, release });
}

async function actionsOf(
  { pipeline, execution, stage, state }: StageEvent,
  { codePipeline, pause }: StageAnnouncementProps,
): Promise<readonly StageAction[]> {
  for (let reads = 1; ; reads += 1) {
    const actions = await readActions(codePipeline, pipeline, execution);
    if (state === 'SUCCEEDED' || failedIn(stage, actions).length > 0 || reads === READS_LIMIT) return actions;
    await pause();
  }
}

function failedIn(stage: string, actions: readonly StageAction[]): StageAction[] {
  return actions.filter((each) => each.stage === stage && each.status === 'Failed');
}

/**
 * A retried stage releases again with a new build, and can fail before that build. So a record counts only when its
 * build is the last one in this execution, and had not already failed when the action that failed now began.
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
  outcome: ReleaseOutcome,
  { environment, ledger }: EnvironmentLocation,
  source: NoticeSource,
): Announcement {
  return {
    type: 'announcement',
    notice: notice(outcome, { ...source, commit: record.commit ?? source.commit }),
    environment: environment.name,
    outcome: outcome.type === 'in-progress' ? 'failed' : outcome.type,
    claims: claimsOf(record.build, outcome),
    ledgers: [ledger],
  };
}

/** The state of a release that succeeded although its stage failed, or whose outcome is not recorded. */
async function releaseState(record: ReleaseRecord, { clients }: EnvironmentLocation): Promise<StageFailure['release']> {
  const known = record.conclusion?.outcome;
  if (known) return { state: `its release succeeded (${headline(known)})`, outcome: known };
  const collector = new Collector(clients, record.baseline.stackName);
  const outcome = judge(await collector.since(record.baseline), { deployed: true });
  return { state: `no outcome of its release was recorded, the stack now shows: ${headline(outcome)}`, outcome };
}

function notBegun(missing: Error | undefined): StageFailure['release'] {
  if (!missing) return { state: 'its release had not begun, so nothing was released' };
  return { state: `it is not known whether anything was released: the ledger cannot be read (${missing.message})` };
}

interface FailedStage {
  readonly props: StageAnnouncementProps;
  readonly failed: readonly StageAction[];
  readonly source: NoticeSource;
  readonly release?: StageFailure['release'];
}

function failure(
  { pipeline, execution, stage }: StageEvent,
  { props: { location, ledgers }, failed, source, release }: FailedStage,
): Announcement {
  const ids = failed.map(({ id }) => id);
  return {
    type: 'announcement',
    notice: stageNotice({ pipeline, stage, actions: failed, source, ...(release ? { release } : {}) }),
    environment: location?.environment.name ?? 'pipeline',
    outcome: 'failed',
    // Each run of an action has its own id, so a retry that fails is announced again.
    claims: [`${execution} ${stage} failed ${ids.join(' ')}`.trim()],
    ledgers,
  };
}

/**
 * The source action exports the commit as a variable (CodePipeline user guide, "Variables available for pipeline
 * actions").
 */
function sourceOf(actions: readonly StageAction[], execution: string, console: string | undefined): NoticeSource {
  const commit = actions.map(({ variables }) => variables.CommitId).find(Boolean);
  return { execution, commit, console };
}
