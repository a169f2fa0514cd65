import { AwsError, Unsupported } from '../../errors';
import type { Operations } from '../../protocol/api';
import type { Input } from '../../protocol/input';
import type { ChangeSet } from '../change-set';
import type { Stack } from '../stack';
import type { StackService } from '../stack-service';
import { readRequest, refuseUnless, STACK_MEMBERS } from './input';
import { changeSetSummary, changeSetView } from './views';

/** Operations on change sets. */
export function changeSetOperations(service: StackService): Operations {
  return {
    CreateChangeSet: {
      accepts: [...STACK_MEMBERS, 'ChangeSetName', 'ChangeSetType', 'Description', 'ClientToken'],
      run(input) {
        if (input.ChangeSetType === 'IMPORT')
          throw new Unsupported('cloudformation:CreateChangeSet with ChangeSetType IMPORT');
        const changeSet = service.createChangeSet({
          ...readRequest(input),
          changeSetName: input.ChangeSetName,
          type: input.ChangeSetType,
          description: input.Description,
        });
        return { Id: changeSet.id, StackId: service.stacks.get(input.StackName).id };
      },
    },
    DescribeChangeSet: {
      accepts: ['ChangeSetName', 'StackName'],
      run(input) {
        const { stack, changeSet } = findChangeSet(service, input);
        return changeSetView(stack, changeSet);
      },
    },
    ExecuteChangeSet: {
      accepts: ['ChangeSetName', 'StackName', 'ClientRequestToken', 'DisableRollback'],
      run(input, caller) {
        refuseUnless(input, 'DisableRollback', 'false');
        const { stack, changeSet } = findChangeSet(service, input);
        service.executeChangeSet(stack, changeSet, { clientRequestToken: input.ClientRequestToken, caller });
        return {};
      },
    },
    DeleteChangeSet: {
      accepts: ['ChangeSetName', 'StackName'],
      run({ ChangeSetName, StackName }) {
        // As on AWS, deleting a missing change set succeeds, but the stack must exist.
        const stacks = StackName ? [service.stacks.get(StackName)] : service.stacks.live;
        for (const { changeSets } of stacks) {
          for (const { id, name } of [...changeSets.values()]) {
            if (id === ChangeSetName || name === ChangeSetName) changeSets.delete(name);
          }
        }
        return {};
      },
    },
    ListChangeSets: {
      accepts: ['StackName'],
      run({ StackName }) {
        const stack = service.stacks.get(StackName);
        return { Summaries: [...stack.changeSets.values()].map((changeSet) => changeSetSummary(stack, changeSet)) };
      },
    },
  };
}

/** @throws AwsError ChangeSetNotFound, or ValidationError when there is no such stack. */
export function findChangeSet(
  { stacks }: StackService,
  { ChangeSetName, StackName }: Input,
): { readonly stack: Stack; readonly changeSet: ChangeSet } {
  for (const stack of StackName ? [stacks.get(StackName)] : stacks.live) {
    const changeSet = [...stack.changeSets.values()].find(
      ({ id, name }) => id === ChangeSetName || (StackName && name === ChangeSetName),
    );
    if (changeSet) return { stack, changeSet };
  }
  throw new AwsError('ChangeSetNotFound', `ChangeSet [${ChangeSetName}] does not exist`, 404);
}
