import type { FunctionRelease, LifecycleEvent, ReleaseOutcome, RollbackCause } from './outcome';

const symbols: Readonly<Record<string, string>> = {
  Succeeded: '✔',
  Failed: '✖',
  Skipped: '◌',
  Pending: '◌',
  InProgress: '…',
};

/** @returns the outcome in words, for a terminal or a build's log; no colour, no trailing line end */
export function render(outcome: ReleaseOutcome): string {
  const { stackName } = outcome;
  switch (outcome.type) {
    case 'released':
      return [`✔ released: ${stackName}`, ...outcome.functions.flatMap(renderFunction)].join('\n');
    case 'rolled-back':
      return [
        `✖ rolled back: ${stackName} (${outcome.stackStatus})`,
        ...(outcome.reason ? [`  CloudFormation took every shift back, because of ${outcome.reason}`] : []),
        ...outcome.functions.flatMap(renderFunction),
      ].join('\n');
    case 'failed':
      return [
        `✖ failed ${outcome.phase === 'cloudformation' ? 'in' : 'before'} CloudFormation, no traffic shifted: ${stackName} (${outcome.stackStatus})`,
        `  ${outcome.reason}`,
        `  ${outcome.remedy}`,
      ].join('\n');
    case 'unchanged':
      return [
        `◌ unchanged: ${stackName}`,
        outcome.stackUpdated
          ? '  the stack was updated, but nothing that a function runs has changed: no canary ran'
          : '  nothing has changed: no canary ran',
      ].join('\n');
    case 'first-release':
      return [
        `✔ first release: ${stackName}`,
        '  there was no version to shift from, so no canary ran; the next release has one',
        ...outcome.aliases.map(({ physicalId }) => `  ${physicalId}`),
      ].join('\n');
  }
}

function renderFunction(release: FunctionRelease): string[] {
  const { functionName, alias, from, to, deploymentType, deploymentId, cause, rollbackDeploymentId } = release;
  const shifted = `${functionName}:${alias}  v${from} → v${to}  ${deploymentType}  ${deploymentId}`;
  const lines = [`  ${shifted}`, `    ${release.lifecycleEvents.map(renderEvent).join('   ')}`];
  if (!cause) return [...lines, `    v${to} serves 100 % after ${duration(release.seconds)}`];
  lines.push(`    ${renderCause(cause)} at ${release.weightReached} % after ${duration(release.seconds)}`);
  lines.push(
    rollbackDeploymentId
      ? `    v${from} serves 100 % again (rollback ${rollbackDeploymentId})`
      : `    CodeDeploy did not roll back: traffic may still be split between v${from} and v${to}`,
  );
  return lines;
}

function renderEvent({ name, status }: LifecycleEvent): string {
  return `${symbols[status] ?? '?'} ${name} ${status}`;
}

/** @returns what stopped a shift, as the beginning of a sentence */
export function renderCause(cause: RollbackCause): string {
  switch (cause.type) {
    case 'alarm':
      return `stopped by ${cause.alarms.length > 1 ? 'alarms' : 'alarm'} ${cause.alarms.join(', ') || '(CodeDeploy named none)'}`;
    case 'hook':
      return `failed by the ${cause.lifecycleEvent} hook (${cause.message})`;
    case 'person':
      return `stopped by a person (${cause.message})`;
    case 'deployment':
      return `failed by CodeDeploy (${cause.code}: ${cause.message})`;
  }
}

/** @returns e.g. `5 min 4 s` */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const parts: [number, string][] = [
    [Math.floor(whole / 3600), 'h'],
    [Math.floor((whole % 3600) / 60), 'min'],
    [whole % 60, 's'],
  ];
  return parts
    .filter(([amount], index) => amount > 0 || (index === 2 && whole < 60))
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}
