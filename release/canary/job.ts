/** What the pipeline tells the Canary action, as JSON in its UserParameters. */
export interface CanaryParameters {
  /** the service's stack */
  readonly stack: string;
  /** where the stack is */
  readonly region: string;
  /** ARN of the role in the stack's account that may look at the release */
  readonly role: string;
  /** the pipeline's name */
  readonly pipeline: string;
  /** where Deploy stands in the pipeline */
  readonly stage: string;
  readonly action: string;
  /** the pipeline execution's id */
  readonly execution: string;
  /** after which the action gives up */
  readonly minutes: number;
}

/** One call of the action by CodePipeline. */
export interface CanaryJob {
  readonly id: string;
  /** @default this is the action's first call */
  readonly continuationToken?: string;
  /** or what is wrong with them, each with its path, its value and what to do */
  readonly parameters: CanaryParameters | readonly string[];
}

/** A stack's name, by the CloudFormation API reference. */
const stackName = /^[A-Za-z][-A-Za-z0-9]{0,127}$/;
const regionName = /^[a-z]{2,4}(-[a-z]+)+-\d+$/;
const roleArn = /^arn:aws[-a-z]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;
/** Pipelines, stages and actions, by the CodePipeline API reference. */
const pipelineName = /^[A-Za-z0-9.@_-]{1,100}$/;
/** Not a variable that CodePipeline left as it is because it stands where none is allowed. */
const executionId = /^[A-Za-z0-9-]{1,100}$/;

/** CodePipeline ends an action after a day (CodePipeline user guide, quotas). */
const DAY = 24 * 60;

interface Rule {
  readonly allows: (value: unknown) => boolean;
  readonly remedy: string;
}

const text = (pattern: RegExp, remedy: string): Rule => ({
  allows: (value) => typeof value === 'string' && pattern.test(value),
  remedy,
});

const rules: Readonly<Record<keyof CanaryParameters, Rule>> = {
  stack: text(stackName, "write the name of the service's stack"),
  region: text(regionName, "write the stack's region, e.g. 'eu-central-1'"),
  role: text(roleArn, "write the ARN of the role in the stack's account that may look at the release"),
  pipeline: text(pipelineName, "write the pipeline's name"),
  stage: text(pipelineName, 'write the name of the stage that Deploy stands in'),
  action: text(pipelineName, 'write the name of the action that deploys'),
  execution: text(executionId, "write '#{codepipeline.PipelineExecutionId}', which CodePipeline replaces"),
  minutes: {
    allows: (value) => typeof value === 'number' && value > 0 && value <= DAY,
    remedy: `write the minutes after which the action gives up, 1 to ${DAY}`,
  },
};

/**
 * The event holds credentials to the pipeline's artifacts, so nothing of it but what is returned may ever be logged.
 *
 * @throws TypeError for an event that names no job: there is nobody to answer then
 */
export function readJob(event: unknown): CanaryJob {
  const { id, data } = member(event, 'CodePipeline.job');
  if (typeof id !== 'string' || id === '') throw new TypeError("the event has no 'CodePipeline.job' with an id");
  const { continuationToken } = member({ data }, 'data');
  const { UserParameters } = member(member(data, 'actionConfiguration'), 'configuration');
  return {
    id,
    parameters: readParameters(UserParameters),
    ...(typeof continuationToken === 'string' ? { continuationToken } : {}),
  };
}

function readParameters(json: unknown): CanaryParameters | readonly string[] {
  const example = 'write a JSON object of stack, region, role, pipeline, stage, action, execution and minutes';
  if (typeof json !== 'string' || json.trim() === '') return [`UserParameters: missing; ${example}`];
  let values: unknown;
  try {
    values = JSON.parse(json);
  } catch (error) {
    return [`UserParameters: ${shown(json)} is no JSON (${(error as Error).message}); ${example}`];
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    return [`UserParameters: ${shown(values)} is no JSON object; ${example}`];
  }
  const given = values as Readonly<Record<string, unknown>>;
  const problems = Object.entries(rules).flatMap(([name, { allows, remedy }]) => {
    if (allows(given[name])) return [];
    const what = given[name] === undefined ? 'missing' : `${shown(given[name])} is not allowed`;
    return [`UserParameters.${name}: ${what}; ${remedy}`];
  });
  const unknown = Object.keys(given)
    .filter((name) => !(name in rules))
    .map((name) => `UserParameters.${name}: ${shown(given[name])} means nothing here; take it away`);
  return problems.length + unknown.length > 0 ? [...problems, ...unknown] : (given as unknown as CanaryParameters);
}

function member(value: unknown, name: string): Readonly<Record<string, unknown>> {
  const found = (value as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return typeof found === 'object' && found !== null ? (found as Readonly<Record<string, unknown>>) : {};
}

function shown(value: unknown): string {
  const whole = typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
  return whole.length > 120 ? `${whole.slice(0, 117)}...` : whole;
}
