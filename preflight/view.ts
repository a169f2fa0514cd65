import { type Metric, metricsOf, type WatchedAlarm } from './alarm';
import type { Canary, Subject } from './subject';
import { target, text } from './template/intrinsics';
import type { Template } from './template/template';

/**
 * Whose requests a metric counts, from the view of one canary. `nothing`: AWS reports no such metric, or not for
 * requests through the alias; `other`: something other than this function.
 */
export type View =
  | { readonly type: 'new version' }
  | { readonly type: 'both versions' }
  /** A version that is not the new one: it is taken to be the live one. */
  | { readonly type: 'old version' }
  | { readonly type: 'api' }
  | { readonly type: 'other' }
  | { readonly type: 'nothing'; readonly why: string };

/**
 * Finds whose requests a metric counts.
 *
 * Lambda reports a metric under FunctionName; FunctionName and Resource (`name:alias`); and both with ExecutedVersion
 * (Lambda guide, "dimensions for function metrics"). An HTTP API reports under ApiId, a REST API under ApiName, with
 * different names for their server errors (API Gateway guide, "metrics and dimensions").
 */
export function viewOf(template: Template, canary: Canary, metric: Metric): View {
  if (metric.namespace === 'AWS/Lambda') return lambdaView(canary, metric);
  if (metric.namespace === 'AWS/ApiGateway') return apiView(template, canary, metric);
  return { type: 'other' };
}

function lambdaView(canary: Canary, { dimensions }: Metric): View {
  const { functionId, aliasName, versionId } = canary;
  const names = Object.keys(dimensions).sort().join(' ');
  const ownName = text(canary.function.Properties.FunctionName);
  const isMine = (value: string) => [`\${${functionId}}`, ownName].includes(value);
  if (names === '') return { type: 'both versions' };
  const mine =
    isMine(text(dimensions.FunctionName)) ||
    (dimensions.FunctionName === undefined && isMine(text(dimensions.Resource).split(':')[0]!));
  if (!mine) return { type: 'other' };
  if (names === 'FunctionName') return { type: 'both versions' };
  if (names !== 'FunctionName Resource' && names !== 'ExecutedVersion FunctionName Resource') {
    return {
      type: 'nothing',
      why: `Lambda reports under FunctionName, under FunctionName with Resource, and under both with ExecutedVersion, not under ${names.replaceAll(' ', ' and ')}`,
    };
  }
  const resource = text(dimensions.Resource);
  const alias = resource.slice(resource.lastIndexOf(':') + 1);
  if (!isMine(resource.slice(0, resource.lastIndexOf(':'))) || alias !== aliasName) {
    return {
      type: 'nothing',
      why: `its Resource is ${resource}, but requests through the alias are reported under …:${aliasName}`,
    };
  }
  if (names === 'FunctionName Resource') return { type: 'both versions' };
  const isNew = versionId !== undefined && text(dimensions.ExecutedVersion) === `\${${versionId}.Version}`;
  return { type: isNew ? 'new version' : 'old version' };
}

const SERVER_ERRORS = { 'AWS::ApiGatewayV2::Api': '5xx', 'AWS::ApiGateway::RestApi': '5XXError' } as const;

function apiView(template: Template, { apis }: Canary, { name, dimensions }: Metric): View {
  const kind = (id: string) => template.Resources[id]?.Type as keyof typeof SERVER_ERRORS | undefined;
  const mine = apis.find((id) =>
    dimensions.ApiName === undefined
      ? target(dimensions.ApiId) === id
      : text(template.Resources[id]?.Properties.Name) === text(dimensions.ApiName),
  );
  if (mine === undefined) return { type: 'other' };
  const wanted = kind(mine) === 'AWS::ApiGatewayV2::Api' ? 'ApiId' : 'ApiName';
  if (!(wanted in dimensions)) {
    const is = wanted === 'ApiId' ? 'an HTTP API' : 'a REST API';
    return { type: 'nothing', why: `${mine} is ${is}, which reports under ${wanted}` };
  }
  const errors = SERVER_ERRORS[kind(mine)!];
  if (Object.values(SERVER_ERRORS).some((other) => other === name) && name !== errors) {
    return { type: 'nothing', why: `${mine} reports its server errors as ${errors}, not as ${name}` };
  }
  return { type: 'api' };
}

/**
 * @returns For an alarm on one metric, whose requests it counts; for an expression, one view for each of its metrics.
 */
export function viewsOf({ template }: Subject, canary: Canary, alarm: WatchedAlarm): readonly View[] {
  return metricsOf(alarm.watched).map((metric) => viewOf(template, canary, metric));
}

/** @returns The canaries that an alarm is about: those that name it, else those whose requests it counts. */
export function canariesFor(subject: Subject, alarm: WatchedAlarm): readonly Canary[] {
  const naming = subject.canaries.filter(({ attached }) =>
    attached.some((each) => each.alarm === alarm || each.meant === alarm),
  );
  if (naming.length > 0) return naming;
  return subject.canaries.filter((canary) => viewsOf(subject, canary, alarm).some(({ type }) => type !== 'other'));
}

/** Metrics with a sample for every request: 1 when it failed, 0 when it did not. */
export const FAILURES: readonly string[] = ['Errors', '5xx', '5XXError'];

/** Metrics with a sample of 1 for every request. */
export const REQUESTS: readonly string[] = ['Invocations', 'Count'];
