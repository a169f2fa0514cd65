import type { AccessControl } from '../access/access-control';
import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import type { Iam } from '../iam/iam';
import type { Random } from '../random';
import type { ResourceType } from '../resource-type';
import type { BucketStore } from '../s3/bucket-store';
import { arn, type Scope } from '../scope';
import type { Sns } from '../sns/sns';
import type { Ssm } from '../ssm/ssm';
import type { ChangeSet } from './change-set';
import { reasonOf, type StackEvent } from './events';
import { NOTIFICATION_SUBJECT, notification } from './notification';
import { changesOutputs, plan } from './plan';
import { checkNameLength } from './property-lengths';
import { RequestReader } from './request-reader';
import { type ActingIdentity, ResourceHandler } from './resource-handler';
import { Stack } from './stack';
import { StackOperation } from './stack-operation';
import type { ChangeSetRequest, StackSettings } from './stack-request';
import { Stacks } from './stacks';
import type { StackTemplate } from './template';
import type { TemplateSource } from './template-url';

export interface StackServiceProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
  /** Buckets with the templates that are given by URL. */
  readonly buckets: BucketStore;
  /** IAM of the account, with the roles that requests name. */
  readonly iam: Iam;
  /** Decides about what CloudFormation calls for resources, and whether it may assume a stack's role. */
  readonly access: Pick<AccessControl, 'check' | 'checkRole' | 'checkTrust'>;
  /** Parameter store, for template parameters of type `AWS::SSM::Parameter::Value<String>`. */
  readonly ssm: Ssm;
  /** Receives the events of stacks with notification ARNs. */
  readonly sns: Sns;
  /**
   * Called with a sentence about anything that runs differently than on AWS.
   *
   * @default - Not called.
   */
  readonly onNotice?: ((notice: string) => void) | undefined;
  /** Resource types that a template may use, by name. */
  readonly types: ReadonlyMap<string, ResourceType>;
}

/** How an operation on a stack is started. */
interface OperationStart extends Pick<ActingIdentity, 'caller'> {
  /**
   * Token that every event of the operation carries.
   *
   * @default - None.
   */
  readonly clientRequestToken?: string | undefined;
}

const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

const UPDATABLE = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'];

const NO_SETTINGS: StackSettings = { tags: {}, capabilities: [], roleArn: undefined, notificationArns: [] };

/** Creates, updates and deletes the stacks of an account and region. */
export class StackService {
  readonly stacks = new Stacks();
  readonly #props: StackServiceProps;
  readonly #reader: RequestReader;
  /** Resource types whose calls are not known, and that were reported. */
  readonly #unchecked = new Set<string>();

  constructor(props: StackServiceProps) {
    this.#props = props;
    this.#reader = new RequestReader({ ...props, stacks: this.stacks });
  }

  /**
   * @returns A template that can be deployed.
   * @throws AwsError ValidationError or Unsupported.
   */
  readTemplate(source: TemplateSource): StackTemplate {
    return this.#reader.template(source);
  }

  /** @throws AwsError ValidationError, AlreadyExistsException, InsufficientCapabilitiesException or Unsupported. */
  createChangeSet(request: ChangeSetRequest): ChangeSet {
    const { stackName, changeSetName, type = 'UPDATE' } = request;
    checkNameLength(changeSetName, 'changeSetName', 'changeSetName');
    const stack = type === 'CREATE' ? this.#stackToCreate(stackName, changeSetName) : this.#stackToUpdate(stackName);
    if (stack.changeSets.has(changeSetName)) {
      throw new AwsError('AlreadyExistsException', `ChangeSet ${changeSetName} already exists`);
    }
    const blueprint = this.#reader.blueprint(request, stack);
    const settings = this.#reader.settings(request, stack);
    const changes = plan(stack, blueprint, this.#props.types);
    const empty = changes.length === 0 && sameTags(stack.settings, settings) && !changesOutputs(stack, blueprint);

    const { scope, random, clock } = this.#props;
    const base = {
      id: arn('cloudformation', scope, `changeSet/${changeSetName}/${random.uuid()}`),
      name: changeSetName,
      type,
      createdAt: clock.date(),
      description: request.description,
      blueprint,
      settings,
    };
    const changeSet: ChangeSet = empty
      ? { ...base, status: 'FAILED', execution: 'UNAVAILABLE', reason: NO_CHANGES, changes: [] }
      : { ...base, status: 'CREATE_COMPLETE', execution: 'AVAILABLE', changes };
    if (!this.stacks.find(stackName)) {
      stack.settings = settings;
      this.stacks.add(stack);
      stack.enter('REVIEW_IN_PROGRESS', 'User Initiated');
    }
    stack.changeSets.set(changeSetName, changeSet);
    return changeSet;
  }

  /**
   * Starts to execute a change set.
   *
   * @returns A promise of the stack, resolved when the operation has ended, also when it has failed; a task awaits it
   * through `waitFor`.
   * @throws AwsError InvalidChangeSetStatus or ValidationError, before anything changes.
   */
  executeChangeSet(stack: Stack, changeSet: ChangeSet, start: OperationStart = {}): Promise<Stack> {
    if (changeSet.execution !== 'AVAILABLE') {
      throw new AwsError(
        'InvalidChangeSetStatus',
        `ChangeSet [${changeSet.id}] cannot be executed in its current status of [${changeSet.status}]`,
      );
    }
    const { blueprint, settings, type, name } = changeSet;
    if (type === 'UPDATE') this.#stackToUpdate(stack.id);
    // Executing one change set deletes the others (CloudFormation guide, "Execute a change set").
    stack.changeSets.clear();
    stack.changeSets.set(name, { ...changeSet, execution: 'EXECUTE_IN_PROGRESS' });
    return this.#start(stack, start, settings, async (operation) => {
      await (type === 'CREATE' ? operation.create(blueprint, settings) : operation.update(blueprint, settings));
      const execution = stack.status === `${type}_COMPLETE` ? 'EXECUTE_COMPLETE' : 'EXECUTE_FAILED';
      // CreateStack and UpdateStack remove their change set at once.
      if (stack.changeSets.has(name)) stack.changeSets.set(name, { ...changeSet, execution });
    });
  }

  /**
   * Starts to delete a stack.
   *
   * @returns As {@link executeChangeSet}; undefined when there is no such stack, which is not an error.
   * @throws AwsError ValidationError, before anything changes.
   */
  deleteStack(nameOrId: string, start: OperationStart = {}): Promise<Stack> | undefined {
    const stack = this.stacks.find(nameOrId);
    if (!stack || stack.status === 'DELETE_COMPLETE') return undefined;
    if (stack.terminationProtection) {
      const refusal = `Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`;
      throw new AwsError('ValidationError', refusal);
    }
    if (stack.busy) {
      throw new AwsError('ValidationError', `Stack [${stack.id}] cannot be deleted while in status ${stack.status}`);
    }
    this.stacks.checkExports(stack, []);
    return this.#start(stack, start, stack.settings, (operation) => operation.delete());
  }

  #start(
    stack: Stack,
    { clientRequestToken, caller }: OperationStart,
    { roleArn, tags }: StackSettings,
    work: (operation: StackOperation) => Promise<void>,
  ): Promise<Stack> {
    const { clock, iam, access } = this.#props;
    const checkExports = this.stacks.checkExports.bind(this.stacks);
    const onUnchecked = (type: string) => this.#reportUnchecked(type);
    const handler = new ResourceHandler({ iam, access, roleArn, caller, stackTags: tags, onUnchecked });
    stack.clientRequestToken = clientRequestToken;
    return clock.spawn(async () => {
      try {
        await work(new StackOperation({ stack, types: this.#props.types, clock, handler, checkExports }));
      } catch (error) {
        // A defect of the embedded AWS must not leave a stack in progress, or clients would wait forever.
        stack.enter(stack.status.replace(/_IN_PROGRESS$/, '_FAILED'), reasonOf(error));
      }
      return stack;
    });
  }

  /** @returns The stack that a change set will create: the one in review, or a new one that is not listed yet. */
  #stackToCreate(stackName: string, changeSetName: string): Stack {
    const stack = this.stacks.find(stackName);
    if (stack && stack.status !== 'REVIEW_IN_PROGRESS') {
      throw new AwsError(
        'ValidationError',
        `Stack [${stackName}] already exists and cannot be created again with the changeSet [${changeSetName}].`,
      );
    }
    checkNameLength(stackName, 'stackName', 'stackName');
    if (!/^[a-zA-Z][-a-zA-Z0-9]*$/.test(stackName)) {
      throw new AwsError(
        'ValidationError',
        `1 validation error detected: Value '${stackName}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
      );
    }
    const { scope, clock, random } = this.#props;
    const onEvent = (source: Stack, event: StackEvent) => this.#notify(source, event);
    return stack ?? new Stack({ name: stackName, scope, clock, random, settings: NO_SETTINGS, onEvent });
  }

  #stackToUpdate(nameOrId: string): Stack {
    const stack = this.stacks.get(nameOrId);
    if (UPDATABLE.includes(stack.status)) return stack;
    throw new AwsError('ValidationError', `Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
  }

  #reportUnchecked(type: string): void {
    if (this.#unchecked.has(type)) return;
    this.#unchecked.add(type);
    this.#props.onNotice?.(
      `permissions for ${type} are not checked, because it is not known what CloudFormation calls for it`,
    );
  }

  #notify(stack: Stack, event: StackEvent): void {
    for (const topicArn of stack.settings.notificationArns) {
      this.#props.sns.publish(topicArn, NOTIFICATION_SUBJECT, notification(stack, event));
    }
  }
}

function sameTags(current: StackSettings, next: StackSettings): boolean {
  const sorted = ({ tags }: StackSettings) => JSON.stringify(Object.entries(tags).sort());
  return sorted(current) === sorted(next);
}
