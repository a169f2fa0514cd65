import { XMLBuilder } from 'fast-xml-parser';
import type { FunctionRelease, LifecycleEvent } from '../outcome/function-release';
import { functionsOf, type ReleaseOutcome, succeeded } from '../outcome/outcome';
import { cut } from './shorten';
import { headline, reachedIn, renderCause, servesAgain, versionName } from './wording';

const builder = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: true, format: true, indentBy: '  ' });

/** A test case's message stands in one line of CodeBuild's table; what is longer stands in its text. */
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
  /** @default it passed */
  readonly not?: { readonly passed: 'failure' | 'error' | 'skipped'; readonly message: string; readonly text?: string };
}

/**
 * The lifecycle events of a release as a JUnit report: a suite for every deployment, a case for every event. It is never
 * empty and never all green over a release that failed: where no event tells of the end, a case of the stack's own does.
 */
export function lifecycleReport(outcome: ReleaseOutcome): string {
  const deployments = functionsOf(outcome).map(deploymentSuite);
  const cases = deployments.flatMap((suite) => suite.cases);
  const told = succeeded(outcome) ? cases.length > 0 : cases.some(({ not }) => not?.passed === 'failure');
  const suites = told ? deployments : [...deployments, stackSuite(outcome)];
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
  switch (status) {
    case 'Succeeded':
      return { name, seconds };
    case 'Failed':
      return { name, seconds, not: { passed: 'failure', ...whyFailed(event, release) } };
    case 'Skipped':
    case 'Pending':
      return { name, seconds, not: { passed: 'skipped', message: message ?? `CodeDeploy says ${status}` } };
    default: {
      const said = `CodeDeploy says ${status}${message ? `: ${message}` : ''}`;
      return { name, seconds, not: { passed: 'error', message: said } };
    }
  }
}

function whyFailed({ name, message }: LifecycleEvent, release: FunctionRelease): { message: string; text: string } {
  const { cause, hook, alarms = [] } = release;
  const logged = hook?.lifecycleEvent === name ? hook : undefined;
  const firings = cause?.type === 'alarm' ? alarms.filter(({ firing }) => firing) : [];
  const lines = [
    ...(cause ? [`${renderCause(cause)} ${reachedIn(release)}; ${servesAgain(release)}`] : []),
    ...(message ? [`CodeDeploy: ${message}`] : []),
    ...(logged?.reasons ?? []).map((reason) => `${logged?.functionName ?? 'the hook'} logged: ${reason}`),
    ...(logged && !logged.answered ? [`${logged.functionName ?? 'the hook'} never reported to CodeDeploy`] : []),
    ...firings.map((alarm) => `${alarm.name}: ${alarm.firing?.reason}`),
    ...(release.console ? [release.console] : []),
  ];
  return { message: lines[0] ?? 'CodeDeploy gave no reason', text: lines.join('\n') };
}

function stackSuite(outcome: ReleaseOutcome): Suite {
  const message = headline(outcome);
  const remedy = outcome.type === 'failed' ? { text: `${outcome.reason}\n${outcome.remedy}` } : {};
  const not = { passed: succeeded(outcome) ? ('skipped' as const) : ('failure' as const), message, ...remedy };
  return { name: outcome.stackName, cases: [{ name: 'release', seconds: 0, not }] };
}

function renderSuite({ name, timestamp, cases }: Suite) {
  const count = (kind: string) => cases.filter(({ not }) => not?.passed === kind).length;
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
      ...(each.not ? { [each.not.passed]: renderReason(each.not) } : {}),
    })),
  };
}

function renderReason({ message, text }: NonNullable<Case['not']>) {
  return {
    '@_message': cut(printable(message).replaceAll(/\s+/g, ' '), MESSAGE_LIMIT),
    ...(text ? { '#text': cut(printable(text), TEXT_LIMIT) } : {}),
  };
}

/** XML 1.0 has no way to write other control characters, and what a hook logs may hold them, e.g. to colour it. */
function printable(text: string): string {
  return text.replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}');
}
