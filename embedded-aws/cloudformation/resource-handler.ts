import type { HandlerCall, ResourceChange } from '../../aws-rules/resource-handlers/handler-call';
import { handlerCalls } from '../../aws-rules/resource-handlers/handler-calls';
import type { AccessControl, Denial } from '../access/access-control';
import { AwsError } from '../errors';
import type { Iam } from '../iam/iam';
import type { Physical, Properties, ResourceContext, ResourceType } from '../resource-type';
import type { Caller } from '../scope';
import { checkPropertyLengths } from './property-lengths';

/** With whose permissions CloudFormation acts. */
export interface ActingIdentity {
  /** Role of the stack; undefined for the caller's permissions. */
  readonly roleArn: string | undefined;
  /**
   * Caller that started the operation.
   *
   * @default - Code in the same process, which may do everything.
   */
  readonly caller?: Caller | undefined;
}

interface ResourceHandlerProps extends ActingIdentity {
  /** IAM of the account, with the roles that exist. */
  readonly iam: Iam;
  /** Decides about the calls. */
  readonly access: Pick<AccessControl, 'check' | 'checkRole'>;
  /** Tags of the stack. */
  readonly stackTags: Readonly<Record<string, string>>;
  /** Called with each resource type whose calls are not known. */
  readonly onUnchecked: (type: string) => void;
}

const SERVICE = 'cloudformation.amazonaws.com';
/** Name of CloudFormation's sessions (aws/serverless-application-model#154). */
const SESSION = 'AWSCloudFormation';

/**
 * Performs the operations on a stack's resources. Before the resource type acts, names and descriptions are measured, and
 * every call that CloudFormation would make for the resource is checked against the permissions of the stack's role, or
 * else of the caller.
 */
export class ResourceHandler {
  readonly #props: ResourceHandlerProps;

  constructor(props: ResourceHandlerProps) {
    this.#props = props;
  }

  /** @throws AwsError when the resource type or a missing permission refuses it. */
  async create(type: ResourceType, properties: Properties, context: ResourceContext): Promise<Physical> {
    checkPropertyLengths(type.type, properties);
    this.#authorize(type, context, { operation: 'create', properties, stackTags: this.#props.stackTags });
    return type.create(properties, context);
  }

  /** @throws AwsError when the resource type or a missing permission refuses it. */
  async update(
    type: ResourceType,
    physicalId: string,
    properties: Properties,
    previous: Properties,
    context: ResourceContext,
  ): Promise<Physical> {
    checkPropertyLengths(type.type, properties);
    // CloudFormation's own rollback sets an alias without a deployment.
    const updatePolicy = context.rollback ? undefined : context.updatePolicy;
    this.#authorize(type, context, { operation: 'update', physicalId, properties, previous, updatePolicy });
    return type.update(physicalId, properties, previous, context);
  }

  /** @throws AwsError when the resource type or a missing permission refuses it. */
  async delete(
    type: ResourceType,
    physicalId: string,
    properties: Properties,
    context: ResourceContext,
  ): Promise<void> {
    this.#authorize(type, context, { operation: 'delete', physicalId, properties });
    return type.delete(physicalId, properties, context);
  }

  #authorize(
    { type }: ResourceType,
    { scope, stackName, logicalId }: ResourceContext,
    change: Pick<ResourceChange, 'operation' | 'properties' | 'previous' | 'physicalId' | 'updatePolicy' | 'stackTags'>,
  ): void {
    const { iam, roleArn, caller, onUnchecked } = this.#props;
    if (roleArn === undefined && !caller) return;
    const location = { partition: 'aws', region: scope.region, account: scope.accountId };
    const calls = handlerCalls({
      ...change,
      type,
      stackName,
      logicalId,
      location,
      roleOf: (name) => iam.findRole(name),
    });
    if (!calls) onUnchecked(type);
    for (const call of calls ?? []) {
      const denial = this.#check(call);
      if (denial) throw accessDenied(denial.message, call.action);
    }
  }

  #check(call: HandlerCall): Denial | undefined {
    const { access, roleArn, caller } = this.#props;
    if (roleArn !== undefined) return access.checkRole({ service: SERVICE, roleArn, session: SESSION }, call);
    return caller && access.check(caller, call);
  }
}

/**
 * CloudFormation's text for a call that was denied, without the ids of the request (aws/aws-cdk#27067). CloudFormation
 * makes the calls one by one, and reports the first that is denied.
 */
function accessDenied(message: string, action: string): AwsError {
  const prefix = action.slice(0, action.indexOf(':'));
  const service = SERVICE_NAMES[prefix] ?? `${prefix[0]!.toUpperCase()}${prefix.slice(1)}`;
  return new AwsError(
    'AccessDenied',
    `Resource handler returned message: "${message} (Service: ${service}, Status Code: 403)" (HandlerErrorCode: AccessDenied)`,
    403,
  );
}

/** Names of services in messages of the AWS SDK for Java, where they are more than the prefix with a capital. */
const SERVICE_NAMES: Readonly<Record<string, string>> = {
  apigateway: 'ApiGatewayV2',
  cloudwatch: 'CloudWatch',
  codedeploy: 'CodeDeploy',
  dynamodb: 'DynamoDb',
  events: 'EventBridge',
  logs: 'CloudWatchLogs',
};
