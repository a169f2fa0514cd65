import { callOf, getAttOf } from '../../../aws-rules/template-intrinsics';
import type { ContractBreach } from './contract-breach';
import type { PackagedResource, PackagedService } from './packaged-service';
import { propertyPath, resourcesOf } from './resources-of';

/** A setting of serverless.yml for which sls adds a function that runs while the stack is deployed. */
interface Trigger {
  readonly setting: string;
  /** What to write instead. */
  readonly remedy: string;
}

/**
 * The functions that sls adds for custom resources, by logical id.
 *
 * @see https://github.com/oss-serverless/serverless/blob/main/lib/plugins/aws/custom-resources/index.js
 */
const TRIGGERS: Readonly<Record<string, Trigger>> = {
  CustomDashresourceDashexistingDashs3LambdaFunction: {
    setting: 'an s3 event with existing: true',
    remedy:
      'define the bucket in the service and remove existing: true; or let the bucket send its events to EventBridge, and write an ' +
      'eventBridge event with the pattern source: [aws.s3] and detail.bucket.name',
  },
  CustomDashresourceDashexistingDashcupLambdaFunction: {
    setting: 'a cognitoUserPool event with existing: true',
    remedy:
      'define the user pool in the service and remove existing: true; or set the trigger where the user pool is defined, and add ' +
      'an AWS::Lambda::Permission for cognito-idp.amazonaws.com under resources',
  },
  CustomDashresourceDasheventDashbridgeLambdaFunction: {
    setting: 'eventBridge events with provider.eventBridge.useCloudFormation: false',
    remedy: 'remove the setting, so that sls writes the rules into the template',
  },
  CustomDashresourceDashapigwDashcwDashroleLambdaFunction: {
    setting: 'logs of a REST API',
    remedy:
      'set the role for the logs of API Gateway once in the account, and write provider.logs.restApi.roleManagedExternally: true',
  },
};

/**
 * Finds settings for which sls adds a function that is to run with the role for CloudFormation, because that role is
 * `provider.iam.deploymentRole`. No service may pass that role to a function: its code could do whatever a deployment can.
 */
export function findCustomResources(service: PackagedService): ContractBreach[] {
  return resourcesOf(service.template, 'AWS::Lambda::Function').flatMap(([id, resource]): ContractBreach[] => {
    const trigger = triggerOf(id, resource, service);
    if (trigger === undefined) return [];
    return [
      {
        severity: 'error',
        path: propertyPath(id, 'Role'),
        value: trigger.setting,
        problem:
          'sls adds a function for it that runs with the role of CloudFormation, and the pipeline gives that role to no function',
        remedy: trigger.remedy,
      },
    ];
  });
}

/** @returns Whether a resource is such a function or a custom resource that it serves, and so goes with the setting. */
export function isOfCustomResource(id: string, resource: PackagedResource, service: PackagedService): boolean {
  if (resource.Type === 'AWS::Lambda::Function') return triggerOf(id, resource, service) !== undefined;
  const token = callOf(resource.Properties.ServiceToken);
  if (token?.name !== 'Fn::GetAtt') return false;
  const [functionId] = getAttOf(token.argument);
  const found = service.template.Resources[functionId];
  return found !== undefined && triggerOf(functionId, found, service) !== undefined;
}

function triggerOf(id: string, { Properties }: PackagedResource, { provider }: PackagedService): Trigger | undefined {
  if (!Object.hasOwn(TRIGGERS, id)) return undefined;
  return Properties.Role !== undefined && Properties.Role === provider.iam?.deploymentRole ? TRIGGERS[id] : undefined;
}
