import { readFile } from 'node:fs/promises';
import type { Capability, CloudFormationClient, Parameter, Tag } from '@aws-sdk/client-cloudformation';
import { NOT_SUPPORTED } from '../../../embedded-aws/errors';
import type { ActionContext, ActionResult } from '../action-runner';
import type { ActionBase, ArtifactPath, StackInput } from '../model';

export interface CloudFormationActionsProps {
  /** @returns a client that signs as the role of the action, in its region */
  readonly client: (action: ActionBase) => CloudFormationClient;
  /** waits between two looks at progress, @default 25 ms of real time: virtual time is the endpoint's to pass */
  readonly pause?: () => Promise<void>;
}

/** The largest template that the API takes in its body, in bytes; CodePipeline would hand on an S3 address instead. */
const TEMPLATE_BODY_LIMIT = 51_200;

/** The members that CreateStack, UpdateStack and CreateChangeSet have in common. */
export interface StackRequest {
  readonly StackName: string;
  readonly TemplateBody: string;
  readonly Capabilities: Capability[];
  readonly RoleARN: string | undefined;
  readonly Parameters: Parameter[];
  readonly Tags: Tag[];
}

/**
 * Reads what an action hands to CloudFormation out of its artifacts.
 *
 * @throws Error if a file is not there, or asks for what a rehearsal cannot hand on
 */
export async function stackRequest(input: StackInput, context: ActionContext): Promise<StackRequest> {
  const configuration = input.templateConfiguration && (await readConfiguration(input.templateConfiguration, context));
  const overrides = Object.entries(input.parameters).map(([name, value]) => [name, context.variables.resolve(value)]);
  // ParameterOverrides come before the configuration file's (CodePipeline user guide, CloudFormation action reference).
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
  if (Buffer.byteLength(body) <= TEMPLATE_BODY_LIMIT) return body;
  throw new Error(`${path} has more than ${TEMPLATE_BODY_LIMIT} bytes, the most that a rehearsal can hand on`);
}

interface TemplateConfiguration {
  readonly Parameters?: Readonly<Record<string, string>>;
  readonly Tags?: Readonly<Record<string, string>>;
}

async function readConfiguration(
  { artifact, path }: ArtifactPath,
  { artifacts }: ActionContext,
): Promise<TemplateConfiguration> {
  const configuration = JSON.parse(await readFile(await artifacts.path(artifact, path), 'utf8'));
  const unknown = Object.keys(configuration).find((key) => key !== 'Parameters' && key !== 'Tags');
  if (unknown) throw new Error(`${path}: a rehearsal does not support ${unknown}`);
  return configuration;
}

/**
 * Turns what CloudFormation refuses into a failed action.
 *
 * @throws whatever else is thrown: what the endpoint does not know, or a defect, ends the rehearsal
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

/** @returns whether CloudFormation says that there is no such stack or change set */
export function isMissing(error: unknown): boolean {
  const { name, message } = error as Error;
  return name.startsWith('ChangeSetNotFound') || (name === 'ValidationError' && / does not exist$/.test(message));
}
