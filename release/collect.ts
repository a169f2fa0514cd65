import type { StackEvent } from '@aws-sdk/client-cloudformation';
import type { ReleaseClients } from './clients';
import { describeDeployment } from './deployment';
import type { FunctionRelease } from './outcome';
import type { Baseline } from './prepare';
import { stackEvents, stackStatus } from './stack';

/** What AWS knows of one release, before anybody judges it. */
export interface ReleaseFacts {
  readonly stackName: string;
  /** @default there is no such stack */
  readonly stackStatus?: string | undefined;
  /** the stack's events of this release, oldest first */
  readonly events: readonly StackEvent[];
  /** the shifts that this release started, in their order */
  readonly functions: readonly FunctionRelease[];
}

/** CloudFormation names the deployment that it starts for an alias only in the alias's stack event. */
const started = /^CodeDeploy deployment started: (d-[A-Z0-9]+)/;

/** Reads everything that AWS knows of what has happened to a stack since its baseline. */
export async function collect(clients: ReleaseClients, baseline: Baseline): Promise<ReleaseFacts> {
  const { stackName, eventId } = baseline;
  const events = await stackEvents(clients, stackName, eventId);
  const ids = events.flatMap(({ ResourceStatusReason = '' }) => started.exec(ResourceStatusReason)?.[1] ?? []);
  const functions = await Promise.all([...new Set(ids)].map((id) => describeDeployment(clients, id)));
  return { stackName, stackStatus: await stackStatus(clients, stackName), events, functions };
}
