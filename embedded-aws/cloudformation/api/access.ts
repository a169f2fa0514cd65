import { type AccessNeed, type AccessRule, type AccessRules, type ConditionKeys, need } from '../../access/need';
import type { Input } from '../../protocol/input';
import { s3Arn } from '../../s3/access';
import { arn, type Scope } from '../../scope';
import type { Stacks } from '../stacks';
import { locate } from '../template-url';

/**
 * Permissions that CloudFormation's operations need. A stack that does not exist yet has the ARN `…:stack/name/*`.
 * A template in S3 is read with the caller's permissions, and a caller that names a role must be allowed to pass it.
 *
 * Sources: Service Authorization Reference, AWS CloudFormation; CloudFormation user guide, "AWS CloudFormation service
 * role" and "Control access with IAM".
 */
export function cloudFormationAccess(scope: Scope, stacks: Stacks): AccessRules {
  const stackArn = (nameOrId: string) =>
    stacks.find(nameOrId)?.id ??
    (nameOrId.startsWith('arn:') ? nameOrId : arn('cloudformation', scope, `stack/${nameOrId}/*`));
  const onStack =
    (action: string): AccessRule =>
    ({ StackName }) =>
      need(action, StackName === undefined ? '*' : stackArn(StackName));
  const onChangeSet =
    (action: string): AccessRule =>
    ({ StackName, ChangeSetName }) => {
      const stack = StackName ?? stacks.live.find(({ changeSets }) => hasId(changeSets, ChangeSetName))?.id;
      const name = ChangeSetName.startsWith('arn:') ? ChangeSetName.split('/')[1] : ChangeSetName;
      return need(action, stack === undefined ? '*' : stackArn(stack), { 'cloudformation:ChangeSetName': name });
    };
  const onTemplate =
    (action: string): AccessRule =>
    (input) => [
      ...need(action, input.StackName === undefined ? '*' : stackArn(input.StackName), templateKeys(input)),
      ...templateNeeds(input),
    ];
  const change =
    (action: string): AccessRule =>
    (input) => [
      ...need(action, stackArn(input.StackName), { ...templateKeys(input), ...changeKeys(input) }),
      ...templateNeeds(input),
      ...passRole(input),
    ];
  return {
    CreateChangeSet: change('cloudformation:CreateChangeSet'),
    DescribeChangeSet: onChangeSet('cloudformation:DescribeChangeSet'),
    ExecuteChangeSet: onChangeSet('cloudformation:ExecuteChangeSet'),
    DeleteChangeSet: onChangeSet('cloudformation:DeleteChangeSet'),
    ListChangeSets: onStack('cloudformation:ListChangeSets'),
    CreateStack: change('cloudformation:CreateStack'),
    UpdateStack: change('cloudformation:UpdateStack'),
    DeleteStack: onStack('cloudformation:DeleteStack'),
    UpdateTerminationProtection: onStack('cloudformation:UpdateTerminationProtection'),
    DescribeStacks: onStack('cloudformation:DescribeStacks'),
    ListStacks: () => need('cloudformation:ListStacks'),
    DescribeStackEvents: onStack('cloudformation:DescribeStackEvents'),
    DescribeStackResource: onStack('cloudformation:DescribeStackResource'),
    DescribeStackResources: onStack('cloudformation:DescribeStackResources'),
    ListStackResources: onStack('cloudformation:ListStackResources'),
    ListExports: () => need('cloudformation:ListExports'),
    GetTemplate: onStack('cloudformation:GetTemplate'),
    GetTemplateSummary: onTemplate('cloudformation:GetTemplateSummary'),
    ValidateTemplate: onTemplate('cloudformation:ValidateTemplate'),
  };
}

function hasId(changeSets: ReadonlyMap<string, { readonly id: string }>, id: string): boolean {
  return [...changeSets.values()].some((changeSet) => changeSet.id === id);
}

function templateKeys({ TemplateURL }: Input): ConditionKeys {
  return TemplateURL === undefined ? {} : { 'cloudformation:TemplateUrl': TemplateURL };
}

function changeKeys({ RoleARN, ChangeSetName, Tags }: Input): ConditionKeys {
  const tags: readonly Input[] = Array.isArray(Tags) ? Tags : [];
  return {
    ...(RoleARN !== undefined && { 'cloudformation:RoleArn': RoleARN }),
    ...(ChangeSetName !== undefined && { 'cloudformation:ChangeSetName': ChangeSetName }),
    ...(tags.length > 0 && { 'aws:TagKeys': tags.map(({ Key }) => Key) }),
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value])),
  };
}

function templateNeeds({ TemplateURL }: Input): readonly AccessNeed[] {
  if (TemplateURL === undefined) return [];
  const { bucket, key } = locate(TemplateURL);
  return need('s3:GetObject', s3Arn(bucket, key));
}

function passRole({ RoleARN }: Input): readonly AccessNeed[] {
  if (RoleARN === undefined) return [];
  return need('iam:PassRole', RoleARN, { 'iam:PassedToService': 'cloudformation.amazonaws.com' });
}
