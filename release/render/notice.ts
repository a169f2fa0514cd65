import type { FunctionRelease } from '../outcome/function-release';
import { isAboutReport } from '../outcome/obstacle';
import type { ReleaseOutcome } from '../outcome/outcome';
import { render } from './log';
import { shorten } from './shorten';
import { headline, reachedIn, renderCause, servesAgain, versionName } from './wording';

/** What SNS takes: 100 ASCII characters without line breaks, and 256 KiB (SNS API reference, Publish). */
export const SUBJECT_LIMIT = 100;
const BODY_LIMIT = 60_000;

/** A message to people. */
export interface Notice {
  readonly subject: string;
  readonly body: string;
}

/** Where a release comes from, as far as it is known. */
export interface Origin {
  readonly commit?: string | undefined;
  /** the pipeline execution's id */
  readonly execution?: string | undefined;
  /** the execution's address in the console */
  readonly console?: string | undefined;
}

/** @returns the verdict, what to do where that is not in it already, and where the release comes from */
export function notice(outcome: ReleaseOutcome, origin: Origin = {}): Notice {
  const verdict = headline(outcome);
  const log = render(outcome).split('\n');
  // While a release is under way its log begins with the same sentence.
  const [, ...details] = log[0]?.endsWith(verdict) ? log : ['', ...log];
  // A subject is short, and most functions are named after their stack.
  return noticeOf(verdict.includes(outcome.stackName) ? verdict : `${outcome.stackName} ${verdict}`, [
    verdict,
    ...(details.length > 0 ? [details.join('\n')] : []),
    ...advice(outcome),
    ...foot(origin),
  ]);
}

/** A stage of the pipeline that failed for a reason which no release's outcome tells. */
export interface StageFailure {
  readonly pipeline: string;
  readonly stage: string;
  /** the actions that failed; none when CodePipeline names none */
  readonly actions: readonly {
    readonly name: string;
    /** @default CodePipeline gave no reason */
    readonly message?: string;
    /** where its own log is, @default CodePipeline knows no address */
    readonly url?: string;
  }[];
  /** what became of the release that the stage was to make. @default the stage makes none */
  readonly release?: { readonly words: string; readonly outcome?: ReleaseOutcome };
  readonly origin: Origin;
}

/** @returns which action failed, why, and what that means for the release */
export function stageNotice({ pipeline, stage, actions, release, origin }: StageFailure): Notice {
  const told = actions.map(({ name, message, url }) =>
    [`✖ ${name}: ${message ?? 'CodePipeline gave no reason'}`, ...(url ? [`  ${url}`] : [])].join('\n'),
  );
  const [first] = actions;
  const why = first
    ? `${first.name}: ${first.message ?? 'CodePipeline gave no reason'}`
    : 'CodePipeline names no action';
  return noticeOf(`${pipeline} ${stage} failed: ${why}`, [
    `stage ${stage} of ${pipeline} failed${release ? `; ${release.words}` : ', nothing was released'}`,
    ...(told.length > 0 ? [told.join('\n')] : []),
    ...(release?.outcome ? [render(release.outcome)] : []),
    `what to do: read the action's own log, mend the cause and push again; if it was an accident, choose Retry stage in CodePipeline's console`,
    ...foot(origin),
  ]);
}

/** A deployment that stopped, and that no release of the pipeline had started. */
export interface StrayDeployment {
  readonly deploymentId: string;
  readonly application: string;
  readonly group: string;
  /** the stacks that it may belong to: CodeDeploy does not always say */
  readonly stacks: readonly string[];
  /** @default CodeDeploy would not tell */
  readonly shift?: FunctionRelease;
  /** its address in the console, @default there is none */
  readonly console?: string | undefined;
}

/** @returns that somebody's shift by hand stopped, and why */
export function strayNotice({ deploymentId, application, group, stacks, shift, console }: StrayDeployment): Notice {
  const what = shift?.cause
    ? `${shift.functionName} ${versionName(shift.to, 'new version')} ${renderCause(shift.cause)} ${reachedIn(shift)}; ${servesAgain(shift)}`
    : `${deploymentId}, CodeDeploy does not say why`;
  return noticeOf(`${stacks.join(' or ')} stopped outside of a release: ${what}`, [
    `a deployment that no release of the pipeline started has stopped: ${what}`,
    [`deployment ${deploymentId} of ${application}, group ${group}`, ...(console ? [console] : [])].join('\n'),
    'what to do: find out who shifts traffic by hand, and see that the alias routes to one version: a release fails on an alias that is split between two',
  ]);
}

function noticeOf(subject: string, paragraphs: readonly string[]): Notice {
  const line = ascii(subject);
  return {
    subject: line.length > SUBJECT_LIMIT ? `${line.slice(0, SUBJECT_LIMIT - 3).trimEnd()}...` : line,
    body: shorten(paragraphs.join('\n\n'), BODY_LIMIT),
  };
}

/** A failure brings its remedy, and so does every obstacle; of a rollback it goes without saying, but not in a message. */
function advice(outcome: ReleaseOutcome): string[] {
  if (outcome.type !== 'rolled-back' && outcome.type !== 'in-progress') return [];
  if (outcome.type === 'in-progress' && outcome.direction === 'deploying') return [];
  const first = outcome.obstacles?.some((each) => !isAboutReport(each)) ? 'do first what stands at each !; then ' : '';
  return outcome.type === 'rolled-back'
    ? [`what to do: ${first}mend the cause and push again`]
    : [`what to do: ${first}wait until the stage has failed, for the rollback goes on; mend the cause and push again`];
}

function foot({ commit, execution, console }: Origin): string[] {
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
