import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEPT_OF_STACK_NAME } from '../../aws-rules/resource-handlers/generated-name';
import { REPOSITORY_TAG } from '../../release/deploy/ownership';
import { type ReleaseNames, releaseNames } from '../names/release-names';

interface CompletePackageProps {
  /** Absolute path of the directory that `sls package --package` wrote. */
  readonly directory: string;
  /** Name of the environment, which is the stage that was packaged. */
  readonly environment: string;
  /** The GitHub repository, as "owner/repo". */
  readonly repository: string;
}

/** A resource of a template that sls wrote. */
interface Resource {
  readonly Type?: string;
  Properties?: Record<string, unknown>;
}

interface Template {
  readonly Resources?: Record<string, Resource>;
}

/** The part of osls's state that is completed: `sls deploy --package` reads template and tags from it. */
interface State {
  readonly service: {
    readonly service: string;
    readonly provider: {
      stackTags?: Record<string, string>;
      readonly compiledCloudFormationTemplate: Template;
      readonly coreCloudFormationTemplate?: Template;
    };
  };
}

const STATE = 'serverless-state.json';
const TEMPLATES = ['cloudformation-template-create-stack.json', 'cloudformation-template-update-stack.json'];

/** Maximum length of a role's name in characters (IAM). */
const ROLE_NAME_LIMIT = 64;

/**
 * Completes a package with what the pipeline's roles require of every service, so that a service need not know of it:
 *
 * - the permissions boundary of each role, without which CloudFormation's role may not create it;
 * - names of roles and of the CodeDeploy application, where CloudFormation would shorten the stack's name in theirs, and a
 *   policy that keeps other environments' roles away from the deployment bucket;
 * - a tag of the stack with the repository that releases it.
 *
 * @throws Error with every role that has another permissions boundary.
 */
export function completePackage({ directory, environment, repository }: CompletePackageProps): void {
  const stateFile = join(directory, STATE);
  const state: State = readJson(stateFile);
  const { provider, service } = state.service;
  const names = releaseNames(service, environment);
  const problems = completeTemplate(provider.compiledCloudFormationTemplate, names);
  if (problems.length > 0) {
    throw new Error(`the service for ${environment} cannot be released by the pipeline:\n${problems.join('\n')}`);
  }
  if (provider.coreCloudFormationTemplate) completeTemplate(provider.coreCloudFormationTemplate, names);
  provider.stackTags = { ...provider.stackTags, [REPOSITORY_TAG]: repository };
  writeFileSync(stateFile, JSON.stringify(state));
  for (const name of TEMPLATES) {
    const file = join(directory, name);
    if (!existsSync(file)) continue; // none for creating the stack, when the service names a deployment bucket
    const template: Template = readJson(file);
    completeTemplate(template, names);
    writeFileSync(file, JSON.stringify(template));
  }
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** @returns What is wrong with the template's roles. */
function completeTemplate(template: Template, names: ReleaseNames): string[] {
  const shortened = names.serviceStack.length > KEPT_OF_STACK_NAME;
  return Object.entries(template.Resources ?? {}).flatMap(([logicalId, resource]) => {
    const properties = resource.Properties ?? {};
    resource.Properties = properties;
    if (resource.Type === 'AWS::IAM::Role') {
      if (shortened) properties.RoleName ??= roleName(names.serviceStack, logicalId);
      return setBoundary(logicalId, properties, names);
    }
    if (shortened && resource.Type === 'AWS::CodeDeploy::Application') {
      properties.ApplicationName ??= `${names.serviceStack}-deployments`;
    }
    if (shortened && logicalId === 'ServerlessDeploymentBucketPolicy') protectBucket(properties, names);
    return [];
  });
}

function setBoundary(logicalId: string, properties: Record<string, unknown>, names: ReleaseNames): string[] {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of Fn::Sub
  const arn = 'arn:${AWS::Partition}:iam::${AWS::AccountId}:policy';
  const boundary = { 'Fn::Sub': `${arn}${names.rolePath}${names.permissionsBoundary}` };
  const { PermissionsBoundary: own } = properties;
  if (own !== undefined && JSON.stringify(own) !== JSON.stringify(boundary)) {
    return [
      `  ${logicalId}: has the permissions boundary ${JSON.stringify(own)}, but the pipeline may only make roles with its own, ` +
        `"${names.permissionsBoundary}"; remove it from the service, and write what the role needs in addition as ` +
        '"functionPermissions" in cdk.json',
    ];
  }
  properties.PermissionsBoundary = boundary;
  return [];
}

/** @returns A name with the whole name of the stack; a long logical id is cut and gets a hash. */
function roleName(stack: string, logicalId: string): string {
  const whole = `${stack}-${logicalId}`;
  if (whole.length <= ROLE_NAME_LIMIT) return whole;
  const hash = createHash('sha256').update(logicalId).digest('hex').slice(0, 6);
  return `${whole.slice(0, ROLE_NAME_LIMIT - hash.length - 1)}-${hash}`;
}

/**
 * Denies the deployment bucket to the release roles of other environments. Of a long stack name CloudFormation keeps only
 * the beginning in the bucket's name, so their permissions may cover it; naming it would replace it, with all that is in it.
 */
function protectBucket(properties: Record<string, unknown>, names: ReleaseNames): void {
  const document = properties.PolicyDocument as { Statement: { readonly Sid?: string }[] };
  const role = (name: string) => ({
    'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role${names.rolePath}${name}`,
  });
  // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of Fn::Sub
  const bucket = 'arn:${AWS::Partition}:s3:::${ServerlessDeploymentBucket}';
  const others = {
    Sid: 'OtherEnvironments',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [{ 'Fn::Sub': bucket }, { 'Fn::Sub': `${bucket}/*` }],
    Condition: {
      ArnLike: { 'aws:PrincipalArn': role('*') },
      ArnNotEquals: { 'aws:PrincipalArn': [names.deployRole, names.cloudFormationRole].map(role) },
    },
  };
  document.Statement = [...document.Statement.filter((statement) => statement.Sid !== others.Sid), others];
}
