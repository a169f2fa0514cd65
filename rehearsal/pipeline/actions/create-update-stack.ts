import { CreateStackCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import type { ActionContext, ActionResult, ActionRunner } from '../action-runner';
import type { CreateUpdateStackAction } from '../model';
import { type CloudFormationActionsProps, refusalsFail, stackCall } from './cloudformation-call';
import { findStack, isNew, operateStack, stackSucceeded } from './stack-operation';

/**
 * Runs CREATE_UPDATE actions, which create a stack or update an existing one. An update without changes is not a
 * failure.
 */
export class CreateUpdateStackActions implements ActionRunner<CreateUpdateStackAction> {
  readonly #props: CloudFormationActionsProps;

  constructor(props: CloudFormationActionsProps) {
    this.#props = props;
  }

  run(action: CreateUpdateStackAction, context: ActionContext): Promise<ActionResult> {
    const client = this.#props.client(action);
    return refusalsFail(async () => {
      const request = await stackCall(action, context);
      const stack = await findStack(client, action.stackName);
      const command = isNew(stack) ? new CreateStackCommand(request) : new UpdateStackCommand(request);
      try {
        return await operateStack(client, action.stackName, () => client.send(command), this.#props.pause);
      } catch (error) {
        if (!/No updates are to be performed/.test((error as Error).message)) throw error;
        return stackSucceeded('No updates are to be performed', stack);
      }
    });
  }
}
