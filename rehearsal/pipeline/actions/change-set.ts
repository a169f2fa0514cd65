import {
  type CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  type DescribeChangeSetCommandOutput,
  ExecuteChangeSetCommand,
} from '@aws-sdk/client-cloudformation';
import type { ActionContext, ActionResult, ActionRunner } from '../action-runner';
import type { ExecuteChangeSetAction, ReplaceChangeSetAction } from '../model';
import { type CloudFormationActionsProps, isMissing, refusalsFail, stackCall } from './cloudformation-call';
import { findStack, isNew, operateStack, pauseBriefly, stackSucceeded } from './stack-operation';

/**
 * Runs CHANGE_SET_REPLACE actions. An empty change set is not a failure: it is created, and its execution does nothing
 * (seen in the console; not documented).
 */
export class ReplaceChangeSetActions implements ActionRunner<ReplaceChangeSetAction> {
  readonly #props: CloudFormationActionsProps;

  constructor(props: CloudFormationActionsProps) {
    this.#props = props;
  }

  run(action: ReplaceChangeSetAction, context: ActionContext): Promise<ActionResult> {
    const client = this.#props.client(action);
    return refusalsFail(async () => {
      const request = await stackCall(action, context);
      const names = namesOf(action);
      if (await find(client, names)) await client.send(new DeleteChangeSetCommand(names));
      const kind = isNew(await findStack(client, action.stackName)) ? 'CREATE' : 'UPDATE';
      await client.send(new CreateChangeSetCommand({ ...request, ...names, ChangeSetType: kind }));
      const change = await this.#settled(client, names);
      const externalId = change.ChangeSetId;
      if (change.Status === 'CREATE_COMPLETE') {
        return {
          type: 'succeeded',
          summary: `Change set ${action.changeSetName} is created`,
          externalId,
          variables: {},
        };
      }
      if (isEmpty(change))
        return { type: 'succeeded', summary: 'The change set contains no changes', externalId, variables: {} };
      const message = `Change set ${action.changeSetName} is ${change.Status}. Reason: ${change.StatusReason}`;
      return { type: 'failed', code: 'JobFailed', message, externalId };
    });
  }

  async #settled(client: CloudFormationClient, names: Names): Promise<DescribeChangeSetCommandOutput> {
    for (;;) {
      const change = await client.send(new DescribeChangeSetCommand(names));
      if (change.Status === 'CREATE_COMPLETE' || change.Status === 'FAILED') return change;
      await (this.#props.pause ?? pauseBriefly)();
    }
  }
}

/** Runs CHANGE_SET_EXECUTE actions, which end when the stack operation has ended. */
export class ExecuteChangeSetActions implements ActionRunner<ExecuteChangeSetAction> {
  readonly #props: CloudFormationActionsProps;

  constructor(props: CloudFormationActionsProps) {
    this.#props = props;
    this.#props = props;
  }

  run(action: ExecuteChangeSetAction): Promise<ActionResult> {
    const client = this.#props.client(action);
    return refusalsFail(async () => {
      const names = namesOf(action);
      const change = await find(client, names);
      if (change && isEmpty(change)) {
        await client.send(new DeleteChangeSetCommand(names));
        return stackSucceeded('The change set contained no changes', await findStack(client, action.stackName));
      }
      const execute = () => client.send(new ExecuteChangeSetCommand(names));
      return operateStack(client, action.stackName, execute, this.#props.pause);
    });
  }
}

interface Names {
  readonly StackName: string;
  readonly ChangeSetName: string;
}

function namesOf(action: ReplaceChangeSetAction | ExecuteChangeSetAction): Names {
  return { StackName: action.stackName, ChangeSetName: action.changeSetName };
}

async function find(client: CloudFormationClient, names: Names): Promise<DescribeChangeSetCommandOutput | undefined> {
  try {
    return await client.send(new DescribeChangeSetCommand(names));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** CloudFormation has no status for an empty change set, only these two reasons. */
function isEmpty(change: DescribeChangeSetCommandOutput): boolean {
  const known = /didn't contain changes|No updates are to be performed/;
  return change.Status === 'FAILED' && known.test(change.StatusReason ?? '');
}
