import { readFile } from 'node:fs/promises';
import type { Capability, CloudFormationClient, Parameter, Tag } from '@aws-sdk/client-cloudformation';
import { NOT_SUPPORTED } from '../../../embedded-aws/errors';
import type { ActionContext, ActionResult } from '../action-runner';
import type { ActionBase, ArtifactPath, StackInput } from '../model';

export interface CloudFormationActionsProps {
  /** @returns A client with the credentials of the action's role, in the action's region. */
  readonly client: (action: ActionBase) => CloudFormationClient;
  /**
   * Waits between two polls.
   *
   * @default - 25 ms of real time, because the endpoint's services make virtual time pass
   */
  readonly pause?: () => Promise<void>;
}

/** The largest template body that the API accepts, in bytes. For a larger one, CodePipeline passes an S3 URL. */
const TEMPLATE_BODY_LIMIT = 51_200;

/** The common input of CreateStack, UpdateStack and CreateChangeSet. */
interface StackCall {
  readonly StackName: string;
  readonly TemplateBody: string;
  readonly Capabilities: Capability[];
  readonly RoleARN: string | undefined;
  readonly Parameters: Parameter[];
  readonly Tags: Tag[];
}

/**
 * Reads the input for CloudFormation from an action's artifacts.
 *
 * @throws Error when a file does not exist or a rehearsal does not support it.
 */
export async function stackCall(input: StackInput, context: ActionContext): Promise<StackCall> {
  const configuration = input.templateConfiguration && (await readConfiguration(input.templateConfiguration, context));
  const overrides = Object.entries(input.parameters).map(([name, value]) => [name, context.variables.resolve(value)]);
  // ParameterOverrides take precedence (CodePipeline user guide, CloudFormation action reference).
  const parameters = { ...configuration?.Parameters, ...Object.fromEntries(overrides) };
  return {
    StackName: input.stackName,
    TemplateBody: await readTemplate(input.template, context),
    Capabilities: input.capabilities as Capability[],
    RoleARN: input.executionRoleArn,
    Parameters: Object.entries(parameters).map(([name, value]) => ({
      ParameterKey: name,
      ParameterValue: String(value),
    })),
    Tags: Object.entries(configuration?.Tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
  };
}

async function readTemplate({ artifact, path }: ArtifactPath, { artifacts }: ActionContext): Promise<string> {
  const text = await readFile(await artifacts.path(artifact, path), 'utf8');
  const body = path.endsWith('.json') ? JSON.stringify(JSON.parse(text)) : text;
  const bytes = Buffer.byteLength(body);
  if (bytes <= TEMPLATE_BODY_LIMIT) return body;
  throw new Error(`${path} has ${bytes} bytes, a rehearsal supports ${TEMPLATE_BODY_LIMIT}; split the stack`);
}

interface ConfigurationFile {
  readonly Parameters?: Readonly<Record<string, string>>;
  readonly Tags?: Readonly<Record<string, string>>;
}

async function readConfiguration(
  { artifact, path }: ArtifactPath,
  { artifacts }: ActionContext,
): Promise<ConfigurationFile> {
  const configuration = JSON.parse(await readFile(await artifacts.path(artifact, path), 'utf8'));
  const unknown = Object.keys(configuration).find((key) => key !== 'Parameters' && key !== 'Tags');
  if (unknown) throw new Error(`${path}: a rehearsal supports Parameters and Tags, not ${unknown}; remove it`);
  return configuration;
}

/**
 * Turns errors that CloudFormation returns into a failed action. All other errors end the rehearsal: defects, and what
 * the embedded AWS does not support.
 */
export async function refusalsFail(work: () => Promise<ActionResult>): Promise<ActionResult> {
  try {
    return await work();
  } catch (error) {
    const { name, message, $fault } = error as Error & { readonly $fault?: string };
    if ($fault !== 'client' || name === NOT_SUPPORTED) throw error;
    return { type: 'failed', code: 'JobFailed', message: `${name}: ${message}` };
  }
}

/** @returns Whether the error says that a stack or change set does not exist. */
export function isMissing(error: unknown): boolean {
  const { name, message } = error as Error;
  return name.startsWith('ChangeSetNotFound') || (name === 'ValidationError' && / does not exist$/.test(message));
}
