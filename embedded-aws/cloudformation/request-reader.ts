import type { AccessControl } from '../access/access-control';
import { AwsError } from '../errors';
import type { Iam } from '../iam/iam';
import type { ResourceType } from '../resource-type';
import type { BucketStore } from '../s3/bucket-store';
import type { Sns } from '../sns/sns';
import type { Ssm } from '../ssm/ssm';
import { Blueprint } from './blueprint';
import { checkCapabilities } from './capabilities';
import { resolveParameters } from './parameters';
import type { Stack } from './stack';
import type { StackRequest, StackSettings } from './stack-request';
import type { Stacks } from './stacks';
import { parseTemplate, type StackTemplate } from './template';
import { checkTemplate } from './template-check';
import { readSource, type TemplateSource } from './template-url';

interface RequestReaderProps {
  readonly buckets: BucketStore;
  readonly iam: Iam;
  /** Decides whether CloudFormation may assume a role. */
  readonly access: Pick<AccessControl, 'checkTrust'>;
  readonly ssm: Ssm;
  readonly sns: Sns;
  readonly types: ReadonlyMap<string, ResourceType>;
  readonly stacks: Stacks;
}

/** Checks requests before anything changes, and turns them into blueprints and settings. */
export class RequestReader {
  readonly #props: RequestReaderProps;

  constructor(props: RequestReaderProps) {
    this.#props = props;
  }

  /**
   * @returns A template that can be deployed.
   * @throws AwsError ValidationError or Unsupported.
   */
  template(source: TemplateSource): StackTemplate {
    const template = parseTemplate(readSource(source, this.#props.buckets));
    checkTemplate(template, this.#props.types);
    return template;
  }

  /** @throws AwsError ValidationError, InsufficientCapabilitiesException or Unsupported. */
  blueprint(request: StackRequest, stack: Stack): Blueprint {
    const { ssm, stacks } = this.#props;
    const previous = stack.blueprint;
    const template = request.template === 'previous' ? previous?.template : this.template(request.template);
    if (!template) throw new AwsError('ValidationError', 'the stack has no previous template to use; send a template');
    checkCapabilities(template, request.capabilities ?? []);
    return new Blueprint({
      template,
      parameters: resolveParameters(template, request.parameters ?? [], previous?.parameters.given ?? {}, ssm),
      pseudoParameters: {
        'AWS::AccountId': stack.scope.accountId,
        'AWS::Region': stack.scope.region,
        'AWS::Partition': 'aws',
        'AWS::URLSuffix': 'amazonaws.com',
        'AWS::StackName': stack.name,
        'AWS::StackId': stack.id,
        'AWS::NotificationARNs': this.settings(request, stack).notificationArns,
      },
      importValue: (name) => stacks.importValue(name),
    });
  }

  /** @throws AwsError ValidationError when a role or topic does not exist. */
  settings(request: StackRequest, { settings: current }: Stack): StackSettings {
    const { iam, access, sns } = this.#props;
    // A stack keeps its role until a request names another one (CloudFormation guide, "service role").
    const { roleArn = current.roleArn, notificationArns = current.notificationArns, tags = current.tags } = request;
    const mayAssume = (role: string) =>
      iam.roleByArn(role) && !access.checkTrust({ service: 'cloudformation.amazonaws.com' }, role);
    if (roleArn !== undefined && !mayAssume(roleArn)) {
      throw new AwsError('ValidationError', `Role ${roleArn} is invalid or cannot be assumed`);
    }
    for (const topicArn of notificationArns) sns.topic(topicArn);
    return { tags, capabilities: request.capabilities ?? [], roleArn, notificationArns };
  }
}
