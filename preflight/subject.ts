import { readAlarm, type WatchedAlarm } from './alarm';
import { readShift, type Shift } from './shift';
import { numeric, references, target, text } from './template/intrinsics';
import { at, listOf, type Resource, resourcesOf, type Template } from './template/template';
import type { TrafficPlan } from './traffic-plan';
import { shareOf } from './traffic-share';

/** Everything that the rules read. */
export interface Subject {
  readonly template: Template;
  /** Template that is live. @default - it is not known, and rules that need it find nothing */
  readonly deployed?: Template | undefined;
  readonly canaries: readonly Canary[];
  readonly alarms: readonly WatchedAlarm[];
  /** @default - not declared */
  readonly traffic?: TrafficPlan | undefined;
  /** Minutes after which the build that deploys is stopped. @default - not known */
  readonly buildTimeout?: number | undefined;
  /** Current time, in milliseconds since the epoch. */
  readonly now: number;
}

/** A function whose alias CodeDeploy shifts. */
export interface Canary {
  /** Key of the function in serverless.yml, derived from its logical id. */
  readonly key: string;
  readonly functionId: string;
  readonly function: Resource;
  readonly aliasId: string;
  /** E.g. `Live`. */
  readonly aliasName: string;
  /** Logical id of the released version. @default - the alias names none of the template */
  readonly versionId?: string | undefined;
  readonly groupId: string;
  readonly group: Resource;
  /** @default - the configuration is not known */
  readonly shift?: Shift | undefined;
  readonly attached: readonly Attached[];
  readonly hooks: readonly Hook[];
  /** Logical ids of the APIs that invoke it. */
  readonly apis: readonly string[];
  /** Requests a second that both versions answer together. @default - no traffic is declared */
  readonly requestsPerSecond?: number | undefined;
}

/** An entry in the alarms of a deployment group. */
interface Attached {
  readonly path: string;
  /** Name as the group has it, unresolved. */
  readonly name: unknown;
  /** @default - no alarm of the template has this name */
  readonly alarm?: WatchedAlarm | undefined;
  /** Alarm that a wrong name most likely means. @default - the name is right, or no alarm has a similar one */
  readonly meant?: WatchedAlarm | undefined;
}

export interface Hook {
  readonly event: 'BeforeAllowTrafficHook' | 'AfterAllowTrafficHook';
  /** Name as the alias has it, unresolved. */
  readonly name: unknown;
  readonly path: string;
  /** @default - the template has no such function */
  readonly functionId?: string | undefined;
}

export interface SubjectProps {
  readonly template: Template;
  readonly deployed?: Template | undefined;
  readonly traffic?: TrafficPlan | undefined;
  readonly buildTimeout?: number | undefined;
  readonly now: number;
}

export function subjectOf(props: SubjectProps): Subject {
  const alarms = resourcesOf(props.template, 'AWS::CloudWatch::Alarm').map(([id, each]) => readAlarm(id, each));
  return { ...props, alarms, canaries: canariesOf(props.template, alarms, props.traffic) };
}

/** @returns The functions whose aliases CodeDeploy shifts, which have an update policy. */
export function canariesOf(
  template: Template,
  alarms: readonly WatchedAlarm[],
  traffic: TrafficPlan | undefined,
): readonly Canary[] {
  return resourcesOf(template, 'AWS::Lambda::Alias').flatMap(([aliasId, alias]) => {
    const update = at(alias.UpdatePolicy, 'CodeDeployLambdaAliasUpdate');
    const functionId = functionNamed(template, alias.Properties.FunctionName);
    const groupId = target(at(update, 'DeploymentGroupName'));
    const group = template.Resources[groupId ?? ''];
    if (functionId === undefined || groupId === undefined || !group) return [];
    const ids = [aliasId, functionId];
    return [
      {
        key: keyOf(functionId),
        functionId,
        function: template.Resources[functionId]!,
        aliasId,
        aliasName: text(alias.Properties.Name),
        versionId: target(alias.Properties.FunctionVersion),
        groupId,
        group,
        shift: readShift(template, group.Properties.DeploymentConfigName),
        attached: attachedTo(groupId, group, alarms),
        hooks: hooksOf(template, aliasId, update),
        apis: apisOf(template, ids),
        requestsPerSecond: traffic && traffic.requestsPerSecond * shareOf(template, traffic, ids),
      },
    ];
  });
}

/** @returns The logical id of the function that a name, a reference or an ARN in the template names. */
export function functionNamed(template: Template, name: unknown): string | undefined {
  const id = target(name);
  if (id !== undefined && template.Resources[id]?.Type === 'AWS::Lambda::Function') return id;
  const shown = text(name);
  return resourcesOf(template, 'AWS::Lambda::Function').find(
    ([, { Properties }]) => Properties.FunctionName !== undefined && text(Properties.FunctionName) === shown,
  )?.[0];
}

/** @returns The key of a function in serverless.yml, from the logical id that sls makes of it. */
export function keyOf(functionId: string): string {
  const stem = functionId.replace(/LambdaFunction$/, '');
  if (stem === functionId || stem === '') return functionId;
  const key = stem.replaceAll('Dash', '-').replaceAll('Underscore', '_');
  return key[0]!.toLowerCase() + key.slice(1);
}

/** @returns The timeout of a function, in seconds. */
export function timeoutOf(resource: Resource): number {
  return numeric(resource.Properties.Timeout) ?? 3;
}

/** @returns Every alarm with a canary that names it, or means it by a wrong name. */
export function attachedAlarms({
  canaries,
}: Subject): readonly { readonly canary: Canary; readonly alarm: WatchedAlarm }[] {
  return canaries.flatMap((canary) =>
    canary.attached.flatMap(({ alarm, meant = alarm }) => (meant === undefined ? [] : [{ canary, alarm: meant }])),
  );
}

function attachedTo(groupId: string, group: Resource, alarms: readonly WatchedAlarm[]): readonly Attached[] {
  return listOf(at(group.Properties, 'AlarmConfiguration', 'Alarms')).map((entry, index) => {
    const name = at(entry, 'Name');
    const shown = text(name);
    const alarm = alarms.find(({ id, name: own }) => target(name) === id || own === shown);
    const meant = alarm ? undefined : mostSimilar(target(name) ?? shown, alarms);
    return { path: `Resources.${groupId}.Properties.AlarmConfiguration.Alarms[${index}]`, name, alarm, meant };
  });
}

/** @returns The first alarm whose logical id or name contains the written name, or the written name without `alarm`. */
function mostSimilar(written: string, alarms: readonly WatchedAlarm[]): WatchedAlarm | undefined {
  const plain = (value: string) => value.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const wanted = plain(written);
  const containing = (part: string) =>
    part === '' ? undefined : alarms.find(({ id, name }) => [id, name].some((own) => plain(own).includes(part)));
  return containing(wanted) ?? containing(wanted.replace(/alarm$/, ''));
}

function hooksOf(template: Template, aliasId: string, update: unknown): readonly Hook[] {
  return (['BeforeAllowTrafficHook', 'AfterAllowTrafficHook'] as const).flatMap((event) => {
    const name = at(update, event);
    if (name === undefined) return [];
    const path = `Resources.${aliasId}.UpdatePolicy.CodeDeployLambdaAliasUpdate.${event}`;
    return [{ event, name, path, functionId: functionNamed(template, name) }];
  });
}

function apisOf(template: Template, ids: readonly string[]): readonly string[] {
  const found = resourcesOf(template, 'AWS::ApiGatewayV2::Integration', 'AWS::ApiGateway::Method')
    .filter(([, { Properties }]) => ids.some((id) => references(Properties).has(id)))
    .map(([, { Properties }]) => target(Properties.ApiId ?? Properties.RestApiId));
  return [...new Set(found.filter((id) => id !== undefined))];
}
