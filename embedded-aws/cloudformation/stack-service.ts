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
import { RequestReader } from './request-reader';
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
  /** Decides about what CloudFormation does under a stack's role. */
  readonly access: Pick<AccessControl, 'checkRole' | 'checkTrust'>;
  /** Parameter store, for template parameters of type `AWS::SSM::Parameter::Value<String>`. */
  readonly ssm: Ssm;
  /** Receives the events of stacks with notification ARNs. */
  readonly sns: Sns;
  /** Resource types that a template may use, by name. */
  readonly types: ReadonlyMap<string, ResourceType>;
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
  executeChangeSet(stack: Stack, changeSet: ChangeSet, clientRequestToken?: string): Promise<Stack> {
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
    return this.#start(stack, clientRequestToken, async (operation) => {
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
  deleteStack(nameOrId: string, clientRequestToken?: string): Promise<Stack> | undefined {
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
    return this.#start(stack, clientRequestToken, (operation) => operation.delete());
  }

  #start(stack: Stack, token: string | undefined, work: (operation: StackOperation) => Promise<void>): Promise<Stack> {
    const { clock } = this.#props;
    const checkExports = this.stacks.checkExports.bind(this.stacks);
    stack.clientRequestToken = token;
    return clock.spawn(async () => {
      try {
        await work(new StackOperation({ stack, types: this.#props.types, clock, checkExports }));
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
    if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(stackName)) {
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
