import { AwsError } from '../../errors';
import type { Operations } from '../../protocol/api';
import type { Input } from '../../protocol/input';
import type { Caller } from '../../scope';
import type { StackService } from '../stack-service';
import { readRequest, refuseUnless, STACK_MEMBERS } from './input';

/** Operations that change stacks without a change set. */
export function stackOperations(service: StackService): Operations {
  const start = (input: Input, caller: Caller, type: 'CREATE' | 'UPDATE') => {
    refuseUnless(input, 'DisableRollback', 'false');
    refuseUnless(input, 'OnFailure', 'ROLLBACK');
    const { stackName } = readRequest(input);
    const existing = service.stacks.find(stackName);
    if (type === 'CREATE' && existing) {
      throw new AwsError('AlreadyExistsException', `Stack [${stackName}] already exists`);
    }
    const changeSetName = `${type}-directly`;
    const changeSet = service.createChangeSet({ ...readRequest(input), type, changeSetName });
    const stack = service.stacks.get(stackName);
    if (changeSet.status === 'FAILED') {
      stack.changeSets.delete(changeSetName);
      throw new AwsError('ValidationError', 'No updates are to be performed.');
    }
    service.executeChangeSet(stack, changeSet, { clientRequestToken: input.ClientRequestToken, caller });
    stack.changeSets.delete(changeSetName);
    return { StackId: stack.id };
  };
  return {
    CreateStack: {
      accepts: [...STACK_MEMBERS, 'DisableRollback', 'OnFailure'],
      run: (input, caller) => start(input, caller, 'CREATE'),
    },
    UpdateStack: {
      accepts: [...STACK_MEMBERS, 'DisableRollback'],
      run: (input, caller) => start(input, caller, 'UPDATE'),
    },
    DeleteStack: {
      accepts: ['StackName', 'ClientRequestToken'],
      run({ StackName, ClientRequestToken: clientRequestToken }, caller) {
        service.deleteStack(StackName, { clientRequestToken, caller });
        return undefined;
      },
    },
    UpdateTerminationProtection: {
      accepts: ['StackName', 'EnableTerminationProtection'],
      run({ StackName, EnableTerminationProtection }) {
        const stack = service.stacks.get(StackName);
        stack.terminationProtection = EnableTerminationProtection === 'true';
        return { StackId: stack.id };
      },
    },
  };
}
