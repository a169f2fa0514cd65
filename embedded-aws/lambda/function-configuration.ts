import { environmentSize, excess } from '../../aws-rules/limits/measure';
import { AwsError, Unsupported } from '../errors';
import type { Input } from '../protocol/input';

/** The part of a function version that is not its code. */
export interface FunctionConfiguration {
  /** Runtime identifier, e.g. `nodejs22.x`. */
  readonly runtime: string;
  /** Handler, e.g. `dist/handler.hello`. */
  readonly handler: string;
  /** ARN of the execution role. */
  readonly role: string;
  readonly description: string;
  /** Timeout, in seconds. */
  readonly timeout: number;
  /** Memory size, in megabytes. */
  readonly memorySize: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly architectures: readonly string[];
  /**
   * ARN of the dead-letter queue.
   *
   * @default - No dead-letter queue.
   */
  readonly deadLetterTarget?: string;
  readonly tracing: 'Active' | 'PassThrough';
  readonly logGroup: string;
}

/** Members that {@link readConfiguration} reads; they are the same in templates and API calls. */
export const CONFIGURATION_MEMBERS = [
  'Runtime',
  'Handler',
  'Role',
  'Description',
  'Timeout',
  'MemorySize',
  'Environment',
  'DeadLetterConfig',
  'TracingConfig',
  'LoggingConfig',
] as const;

/** Names of environment variables that Lambda reserves (developer guide, "Defined runtime environment variables"). */
const RESERVED = new Set(
  ['', '_FUNCTION_NAME', '_FUNCTION_VERSION', '_FUNCTION_MEMORY_SIZE', '_RUNTIME_API', '_INITIALIZATION_TYPE']
    .map((suffix) => `AWS_LAMBDA${suffix}`)
    .concat(['_HANDLER', '_X_AMZN_TRACE_ID', 'AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_EXECUTION_ENV'])
    .concat(['AWS_ACCESS_KEY', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
    .concat(['AWS_LAMBDA_LOG_GROUP_NAME', 'AWS_LAMBDA_LOG_STREAM_NAME', 'LAMBDA_TASK_ROOT', 'LAMBDA_RUNTIME_DIR']),
);

/**
 * Reads a function's configuration from the properties of a template or the input of an API call.
 *
 * @param former Configuration to keep for absent members; Lambda's defaults apply without one.
 * @throws AwsError as Lambda does for values outside of its limits.
 * @throws Unsupported for runtimes other than Node.js 20, 22 and 24.
 */
export function readConfiguration(name: string, input: Input, former?: FunctionConfiguration): FunctionConfiguration {
  const runtime = input.Runtime ?? former?.runtime;
  const handler = input.Handler ?? former?.handler;
  if (!runtime || !handler) {
    throw new AwsError(
      'InvalidParameterValueException',
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    );
  }
  if (!/^nodejs(20|22|24)\.x$/.test(runtime)) throw new Unsupported(`AWS::Lambda::Function with Runtime ${runtime}`);
  const deadLetterTarget = input.DeadLetterConfig ? readQueue(input.DeadLetterConfig) : former?.deadLetterTarget;
  return {
    runtime,
    handler,
    role: input.Role ?? former?.role,
    description: input.Description ?? former?.description ?? '',
    timeout: limited('timeout', input.Timeout ?? former?.timeout ?? 3, 1, 900),
    memorySize: limited('memorySize', input.MemorySize ?? former?.memorySize ?? 128, 128, 10_240),
    environment: input.Environment ? readVariables(input.Environment.Variables ?? {}) : (former?.environment ?? {}),
    architectures: input.Architectures ?? former?.architectures ?? ['x86_64'],
    ...(deadLetterTarget && { deadLetterTarget }),
    tracing: input.TracingConfig?.Mode ?? former?.tracing ?? 'PassThrough',
    logGroup: readLogGroup(name, input.LoggingConfig, former),
  };
}

function limited(member: string, given: unknown, min: number, max: number): number {
  const value = Number(given);
  const bound =
    value < min ? `greater than or equal to ${min}` : value > max ? `less than or equal to ${max}` : undefined;
  if (bound === undefined && Number.isInteger(value)) return value;
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${given}' at '${member}' failed to satisfy constraint: ` +
      `Member must have value ${bound ?? 'that is a whole number'}`,
  );
}

/**
 * @returns ARN of a queue; an empty text removes the queue.
 * @throws Unsupported for a topic.
 */
function readQueue({ TargetArn }: Input): string | undefined {
  if (TargetArn && !String(TargetArn).startsWith('arn:aws:sqs:')) {
    throw new Unsupported(`AWS::Lambda::Function with the dead-letter target ${TargetArn}`, 'name an SQS queue');
  }
  return TargetArn;
}

function readVariables(variables: Readonly<Record<string, unknown>>): Record<string, string> {
  const reserved = Object.keys(variables).filter((name) => RESERVED.has(name));
  if (reserved.length > 0) {
    throw new AwsError(
      'InvalidParameterValueException',
      'Lambda was unable to configure your environment variables because the environment variables you have provided ' +
        'contains reserved keys that are currently not supported for modification. ' +
        `Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  const read = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)]));
  if (excess('environmentVariables', environmentSize(read)).length > 0) {
    throw new AwsError(
      'InvalidParameterValueException',
      'Lambda was unable to configure your environment variables because the environment variables you have provided ' +
        `exceeded the 4KB limit. String measured: ${JSON.stringify(read)}`,
    );
  }
  return read;
}

function readLogGroup(name: string, logging: Input | undefined, former: FunctionConfiguration | undefined): string {
  if (!logging) return former?.logGroup ?? `/aws/lambda/${name}`;
  if ((logging.LogFormat ?? 'Text') !== 'Text') {
    throw new Unsupported(`AWS::Lambda::Function with LoggingConfig.LogFormat ${logging.LogFormat}`);
  }
  const unknown = Object.keys(logging).find((key) => key !== 'LogFormat' && key !== 'LogGroup');
  if (unknown) throw new Unsupported(`AWS::Lambda::Function with LoggingConfig.${unknown}`);
  return logging.LogGroup ?? `/aws/lambda/${name}`;
}
