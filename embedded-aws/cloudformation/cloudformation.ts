import type { ServiceApi } from '../protocol/api';
import { queryApi } from '../protocol/query';
import type { ResourceType } from '../resource-type';
import { cloudFormationAccess } from './api/access';
import { changeSetOperations } from './api/change-set-operations';
import { readOperations } from './api/read-operations';
import { stackOperations } from './api/stack-operations';
import type { StackEvent } from './events';
import type { Stack } from './stack';
import type { StackRequest } from './stack-request';
import { StackService, type StackServiceProps } from './stack-service';

interface CloudFormationProps extends Omit<StackServiceProps, 'types'> {
  /** Types that a template may use, in addition to CloudFormation's own. */
  readonly resourceTypes: readonly ResourceType[];
}

/** How a deployment of a stack ended. */
export type StackResult =
  | { readonly type: 'unchanged'; readonly stack: Stack }
  | { readonly type: 'succeeded'; readonly stack: Stack }
  | {
      readonly type: 'failed';
      readonly stack: Stack;
      /** Status in which the stack ended, e.g. `UPDATE_ROLLBACK_COMPLETE`. */
      readonly status: string;
      /** Why it was rolled back, or could not be. */
      readonly reason: string | undefined;
    };

/** `AWS::CDK::Metadata`, with which the CDK reports its use. No resource exists behind it on AWS either. */
const cdkMetadata: ResourceType = {
  type: 'AWS::CDK::Metadata',
  accepts: ['Analytics'],
  replacedBy: [],
  create: async (_properties, { logicalId, stackName }) => ({ id: `${stackName}-${logicalId}`, attributes: {} }),
  update: async (id) => ({ id, attributes: {} }),
  delete: async () => {},
};

/** AWS CloudFormation in one account and region; contract.md has its rules. */
export class CloudFormation {
  readonly api: ServiceApi;
  readonly resourceTypes: readonly ResourceType[] = [cdkMetadata];
  readonly #props: CloudFormationProps;
  readonly #service: StackService;

  constructor(props: CloudFormationProps) {
    const types = new Map([...this.resourceTypes, ...props.resourceTypes].map((type) => [type.type, type]));
    this.#props = props;
    this.#service = new StackService({ ...props, types });
    this.api = queryApi({
      signingName: 'cloudformation',
      access: cloudFormationAccess(props.scope, this.#service.stacks),
      xmlNamespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
      operations: {
        ...changeSetOperations(this.#service),
        ...stackOperations(this.#service),
        ...readOperations(this.#service),
      },
    });
  }

  /** Stacks that are not deleted, oldest first. */
  get stacks(): readonly Stack[] {
    return this.#service.stacks.live.toReversed();
  }

  /** @returns The stack with that name or id; a deleted stack is found by its id only. */
  stack(nameOrId: string): Stack | undefined {
    return this.#service.stacks.find(nameOrId);
  }

  /**
   * @returns The events of a stack, oldest first.
   * @throws AwsError ValidationError when there is no such stack.
   */
  events(nameOrId: string): readonly StackEvent[] {
    return this.#service.stacks.get(nameOrId).events.all;
  }

  /**
   * Creates a stack, or updates the one with that name, as CodePipeline's CloudFormation action does.
   *
   * @returns A promise of the result; a task awaits it through `waitFor`. It rejects with the errors of
   * `StackService.createChangeSet`.
   */
  async deploy(request: StackRequest): Promise<StackResult> {
    const service = this.#service;
    const inReview = (this.stack(request.stackName)?.status ?? 'REVIEW_IN_PROGRESS') === 'REVIEW_IN_PROGRESS';
    const type = inReview ? 'CREATE' : 'UPDATE';
    const changeSet = service.createChangeSet({ ...request, type, changeSetName: `deploy-${this.#props.clock.now()}` });
    const stack = service.stacks.get(request.stackName);
    if (changeSet.status === 'FAILED') {
      stack.changeSets.delete(changeSet.name);
      return { type: 'unchanged', stack };
    }
    const { clientRequestToken } = request;
    await service.executeChangeSet(stack, changeSet, { clientRequestToken });
    if (stack.status === `${type}_COMPLETE`) return { type: 'succeeded', stack };
    const reasons = stack.events.all.filter(
      ({ logicalId, reason }) => logicalId === stack.name && reason !== undefined,
    );
    return { type: 'failed', stack, status: stack.status, reason: reasons.at(-1)?.reason };
  }

  /** Deletes a stack, see `StackService.deleteStack`. */
  deleteStack(nameOrId: string): Promise<Stack> | undefined {
    return this.#service.deleteStack(nameOrId);
  }
}
