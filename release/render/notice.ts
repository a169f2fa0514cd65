import type { FunctionRelease } from '../outcome/function-release';
import { isAboutReport } from '../outcome/obstacle';
import type { ReleaseOutcome } from '../outcome/outcome';
import { render } from './log';
import { shorten } from './shorten';
import { headline, stoppedShift } from './wording';

/**
 * SNS allows 100 ASCII characters without line breaks in a subject, and 256 KiB in a message (SNS API reference,
 * Publish).
 */
export const SUBJECT_LIMIT = 100;
const BODY_LIMIT = 60_000;

/** A message to people. */
export interface Notice {
  readonly subject: string;
  readonly body: string;
}

/** The commit and the pipeline execution that a message is about, as far as they are known. */
export interface NoticeSource {
  readonly commit?: string | undefined;
  /** Id of the pipeline execution. */
  readonly execution?: string | undefined;
  /** The execution's address in the console. */
  readonly console?: string | undefined;
}

/** @returns The outcome, what to do unless that is part of it already, and where the release comes from. */
export function notice(outcome: ReleaseOutcome, source: NoticeSource = {}): Notice {
  const sentence = headline(outcome);
  const log = render(outcome).split('\n');
  // While a release is in progress its log begins with the same sentence.
  const [, ...details] = log[0]?.endsWith(sentence) ? log : ['', ...log];
  // A subject is short, and most functions' names contain the stack's.
  return noticeOf(sentence.includes(outcome.stackName) ? sentence : `${outcome.stackName} ${sentence}`, [
    sentence,
    ...(details.length > 0 ? [details.join('\n')] : []),
    ...advice(outcome),
    ...foot(source),
  ]);
}

/** A stage of the pipeline that failed for a reason that no release's outcome explains. */
export interface StageFailure {
  readonly pipeline: string;
  readonly stage: string;
  /** The actions that failed; empty when CodePipeline lists none. */
  readonly actions: readonly {
    readonly name: string;
    /** @default - CodePipeline gave no reason */
    readonly message?: string;
    /** Address of the action's own log. @default - CodePipeline knows none */
    readonly url?: string;
  }[];
  /** State of the stage's release. @default - the stage releases nothing */
  readonly release?: { readonly state: string; readonly outcome?: ReleaseOutcome };
  readonly source: NoticeSource;
}

/** @returns Which action failed, why, and what that means for the release. */
export function stageNotice({ pipeline, stage, actions, release, source }: StageFailure): Notice {
  const failures = actions.map(({ name, message, url }) =>
    [`✖ ${name}: ${message ?? 'CodePipeline gave no reason'}`, ...(url ? [`  ${url}`] : [])].join('\n'),
  );
  const [first] = actions;
  const why = first
    ? `${first.name}: ${first.message ?? 'CodePipeline gave no reason'}`
    : 'CodePipeline lists no failed action';
  return noticeOf(`${pipeline} ${stage} failed: ${why}`, [
    `stage ${stage} of ${pipeline} failed; ${release?.state ?? 'nothing was released'}`,
    ...(failures.length > 0 ? [failures.join('\n')] : []),
    ...(release?.outcome ? [render(release.outcome)] : []),
    "what to do: read the failed action's log, fix the cause and push again; if the cause was temporary, choose 'Retry stage' in the CodePipeline console",
    ...foot(source),
  ]);
}

/** A stopped deployment that no release of the pipeline had started. */
interface StrayDeployment {
  readonly deploymentId: string;
  readonly application: string;
  readonly group: string;
  /** The stacks that it may belong to; CodeDeploy does not always say. */
  readonly stacks: readonly string[];
  /** @default - it could not be read from CodeDeploy */
  readonly shift?: FunctionRelease;
  /** Its address in the console. @default - the region's console is not known */
  readonly console?: string | undefined;
}

/** @returns Which deployment outside the pipeline was stopped, and why. */
export function strayNotice({ deploymentId, application, group, stacks, shift, console }: StrayDeployment): Notice {
  const what = shift?.cause
    ? stoppedShift(shift, shift.cause)
    : `deployment ${deploymentId} stopped, CodeDeploy gave no reason`;
  return noticeOf(`${stacks.join(' or ')}, outside the pipeline: ${what}`, [
    `a deployment that the pipeline did not start has stopped: ${what}`,
    [`deployment ${deploymentId} of ${application}, group ${group}`, ...(console ? [console] : [])].join('\n'),
    'what to do: find out who started it (CloudTrail event CreateDeployment), and make sure that the alias points to one version: a release fails on an alias that is split between two',
  ]);
}

function noticeOf(subject: string, paragraphs: readonly string[]): Notice {
  const line = ascii(subject);
  return {
    subject: line.length > SUBJECT_LIMIT ? `${line.slice(0, SUBJECT_LIMIT - 3).trimEnd()}...` : line,
    body: shorten(paragraphs.join('\n\n'), BODY_LIMIT),
  };
}

/** Failures and obstacles contain their remedy; a rollback does not. */
function advice(outcome: ReleaseOutcome): string[] {
  if (outcome.type !== 'rolled-back' && outcome.type !== 'in-progress') return [];
  if (outcome.type === 'in-progress' && outcome.direction === 'deploying') return [];
  const steps = [
    ...(outcome.obstacles?.some((each) => !isAboutReport(each)) ? ["resolve what is marked with '!'"] : []),
    ...(outcome.type === 'in-progress'
      ? ['wait until the stage has failed, because the rollback is still running']
      : []),
    'fix the cause and push again',
  ];
  return [`what to do: ${steps.join('; then ')}`];
}

function foot({ commit, execution, console }: NoticeSource): string[] {
  const lines = [
    ...(commit ? [`commit     ${commit}`] : []),
    ...(execution ? [`execution  ${execution}`] : []),
    ...(console ? [`           ${console}`] : []),
  ];
  return lines.length > 0 ? [lines.join('\n')] : [];
}

function ascii(text: string): string {
  return text
    .replaceAll('→', '->')
    .replaceAll('≥', '>=')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[^ -~]/g, '?');
}
