/** Parameters of the Canary action, as JSON in its UserParameters. */
export interface CanaryParameters {
  /** Name of the service's stack. */
  readonly stack: string;
  /** Region of the stack. */
  readonly region: string;
  /** ARN of the role in the stack's account that can read the release. */
  readonly role: string;
  /** Name of the pipeline. */
  readonly pipeline: string;
  /** Name of the stage that contains Deploy. */
  readonly stage: string;
  /** Name of the Deploy action. */
  readonly action: string;
  /** Id of the pipeline execution. */
  readonly execution: string;
  /** Minutes after which the action fails without an outcome. */
  readonly minutes: number;
}

/** One invocation of the action by CodePipeline. */
interface CanaryJob {
  readonly id: string;
  /** @default - this is the first invocation */
  readonly continuationToken?: string;
  /** The parameters, or every problem with them, each with its path, its value and what to do. */
  readonly parameters: CanaryParameters | readonly string[];
}

/** Name of a stack (CloudFormation API reference). */
const STACK_NAME = /^[A-Za-z][-A-Za-z0-9]{0,127}$/;
const REGION_NAME = /^[a-z]{2,4}(-[a-z]+)+-\d+$/;
const ROLE_ARN = /^arn:aws[-a-z]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;
/** Name of a pipeline, stage or action (CodePipeline API reference). */
const PIPELINE_NAME = /^[A-Za-z0-9.@_-]{1,100}$/;
/** Does not match a variable that CodePipeline did not replace because it is not allowed in that place. */
const EXECUTION_ID = /^[A-Za-z0-9-]{1,100}$/;

/** Minutes after which CodePipeline ends any action (CodePipeline user guide, quotas). */
const DAY = 24 * 60;

interface ParameterRule {
  readonly allows: (value: unknown) => boolean;
  readonly remedy: string;
}

const text = (pattern: RegExp, remedy: string): ParameterRule => ({
  allows: (value) => typeof value === 'string' && pattern.test(value),
  remedy,
});

const RULES: Readonly<Record<keyof CanaryParameters, ParameterRule>> = {
  stack: text(STACK_NAME, "write the name of the service's stack"),
  region: text(REGION_NAME, "write the stack's region, e.g. 'eu-central-1'"),
  role: text(ROLE_ARN, "write the ARN of the role in the stack's account that can read the release"),
  pipeline: text(PIPELINE_NAME, "write the pipeline's name"),
  stage: text(PIPELINE_NAME, 'write the name of the stage that contains Deploy'),
  action: text(PIPELINE_NAME, 'write the name of the action that deploys'),
  execution: text(EXECUTION_ID, "write '#{codepipeline.PipelineExecutionId}', which CodePipeline replaces"),
  minutes: {
    allows: (value) => typeof value === 'number' && value > 0 && value <= DAY,
    remedy: `write the minutes after which the action fails without an outcome, 1 to ${DAY}`,
  },
};

/**
 * Reads a job. The event contains credentials for the pipeline's artifacts, so only what is returned here may be
 * logged.
 *
 * @throws TypeError for an event without a job id, to which no reply is possible.
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
  const remedy = 'write a JSON object with stack, region, role, pipeline, stage, action, execution and minutes';
  if (typeof json !== 'string' || json.trim() === '') return [`UserParameters: missing; ${remedy}`];
  let values: unknown;
  try {
    values = JSON.parse(json);
  } catch (error) {
    return [`UserParameters: ${shown(json)} is not JSON (${(error as Error).message}); ${remedy}`];
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    return [`UserParameters: ${shown(values)} is not a JSON object; ${remedy}`];
  }
  const given = values as Readonly<Record<string, unknown>>;
  const problems = Object.entries(RULES).flatMap(([name, { allows, remedy }]) => {
    if (allows(given[name])) return [];
    const what = given[name] === undefined ? 'missing' : `${shown(given[name])} is not allowed`;
    return [`UserParameters.${name}: ${what}; ${remedy}`];
  });
  const unknown = Object.keys(given)
    .filter((name) => !(name in RULES))
    .map((name) => `UserParameters.${name}: unknown parameter with value ${shown(given[name])}; remove it`);
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
