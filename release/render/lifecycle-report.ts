import { XMLBuilder } from 'fast-xml-parser';
import type { FunctionRelease, LifecycleEvent } from '../outcome/function-release';
import { functionsOf, type ReleaseOutcome, succeeded } from '../outcome/outcome';
import { cut } from './shorten';
import { headline, howStopped, versionName } from './wording';

const builder = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: true, format: true, indentBy: '  ' });

/** Characters of a test case's message, one line of CodeBuild's table, and of its text, which holds the rest. */
const MESSAGE_LIMIT = 1_000;
const TEXT_LIMIT = 10_000;

interface Suite {
  readonly name: string;
  readonly timestamp?: string | undefined;
  readonly cases: readonly Case[];
}

interface Case {
  readonly name: string;
  readonly seconds: number;
  /** Present unless the case passed. */
  readonly problem?: {
    readonly type: 'failure' | 'error' | 'skipped';
    readonly message: string;
    readonly text?: string;
  };
}

/**
 * The lifecycle events of a release as a JUnit report: a suite for every deployment, a case for every event. It is
 * never empty, and never without a failure for a release that failed: where no event shows the result, a case for the
 * stack does.
 */
export function lifecycleReport(outcome: ReleaseOutcome): string {
  const deployments = functionsOf(outcome).map(deploymentSuite);
  const cases = deployments.flatMap((suite) => suite.cases);
  const showsResult = succeeded(outcome) ? cases.length > 0 : cases.some(({ problem }) => problem?.type === 'failure');
  const suites = showsResult ? deployments : [...deployments, stackSuite(outcome)];
  const xml = builder.build({
    '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' },
    testsuites: { '@_name': printable(outcome.stackName), testsuite: suites.map(renderSuite) },
  });
  return xml.endsWith('\n') ? xml : `${xml}\n`;
}

function deploymentSuite(release: FunctionRelease): Suite {
  const { functionName, alias, from, to, deploymentId, partial } = release;
  const name = alias ? `${functionName}:${alias}` : functionName;
  const versions = partial ? [] : [`${versionName(from, '?')} → ${versionName(to, '?')}`];
  return {
    name: [name, ...versions, deploymentId].join(' '),
    timestamp: release.began,
    cases: release.lifecycleEvents.map((event) => eventCase(event, release)),
  };
}

function eventCase(event: LifecycleEvent, release: FunctionRelease): Case {
  const { name, status, began, ended, message } = event;
  const seconds = began && ended ? Math.max(0, (Date.parse(ended) - Date.parse(began)) / 1_000) : 0;
  const reported = `CodeDeploy status: ${status}`;
  switch (status) {
    case 'Succeeded':
      return { name, seconds };
    case 'Failed':
      return { name, seconds, problem: { type: 'failure', ...whyFailed(event, release) } };
    case 'Skipped':
    case 'Pending':
      return { name, seconds, problem: { type: 'skipped', message: message ?? reported } };
    default:
      return { name, seconds, problem: { type: 'error', message: `${reported}${message ? `, ${message}` : ''}` } };
  }
}

function whyFailed({ name, message }: LifecycleEvent, release: FunctionRelease): { message: string; text: string } {
  const { cause, alarms = [] } = release;
  const hook = release.hook?.lifecycleEvent === name ? release.hook : undefined;
  const hookName = hook?.functionName ?? 'the hook';
  const firings = cause?.type === 'alarm' ? alarms.filter(({ firing }) => firing) : [];
  const lines = [
    ...(cause ? [howStopped(release, cause)] : []),
    ...(message ? [`CodeDeploy: ${message}`] : []),
    ...(hook?.reasons ?? []).map((reason) => `${hookName} logged: ${reason}`),
    ...(hook && !hook.answered ? [`${hookName} did not report to CodeDeploy`] : []),
    ...firings.map((alarm) => `${alarm.name}: ${alarm.firing?.reason}`),
    ...(release.console ? [release.console] : []),
  ];
  return { message: lines[0] ?? 'CodeDeploy gave no reason', text: lines.join('\n') };
}

function stackSuite(outcome: ReleaseOutcome): Suite {
  const type = succeeded(outcome) ? ('skipped' as const) : ('failure' as const);
  const text = outcome.type === 'failed' ? { text: `${outcome.reason}\n${outcome.remedy}` } : {};
  const problem = { type, message: headline(outcome), ...text };
  return { name: outcome.stackName, cases: [{ name: 'release', seconds: 0, problem }] };
}

function renderSuite({ name, timestamp, cases }: Suite) {
  const count = (type: string) => cases.filter(({ problem }) => problem?.type === type).length;
  return {
    '@_name': printable(name),
    '@_tests': cases.length,
    '@_failures': count('failure'),
    '@_errors': count('error'),
    '@_skipped': count('skipped'),
    '@_time': cases.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3),
    ...(timestamp ? { '@_timestamp': timestamp } : {}),
    testcase: cases.map((each) => ({
      '@_classname': printable(name),
      '@_name': printable(each.name),
      '@_time': each.seconds.toFixed(3),
      ...(each.problem ? { [each.problem.type]: renderProblem(each.problem) } : {}),
    })),
  };
}

function renderProblem({ message, text }: NonNullable<Case['problem']>) {
  return {
    '@_message': cut(printable(message).replaceAll(/\s+/g, ' '), MESSAGE_LIMIT),
    ...(text ? { '#text': cut(printable(text), TEXT_LIMIT) } : {}),
  };
}

/** XML 1.0 cannot represent other control characters, and a hook's log may contain them, e.g. for colour. */
function printable(text: string): string {
  return text.replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}');
}
