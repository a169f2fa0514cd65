import { callOf, getAttOf } from '../../../aws-rules/template-intrinsics';
import type { ContractBreach } from './contract-breach';
import type { PackagedService } from './packaged-service';
import { propertyPath, resourcesOf } from './resources-of';

/** What serverless-plugin-canary-deployments attaches to the role that it makes for CodeDeploy. */
const FULL_ACCESS = 'AWSLambda_FullAccess';

/**
 * Finds a role for CodeDeploy that was left to serverless-plugin-canary-deployments. It gets full access to Lambda, which the
 * role of the stack may not attach.
 */
export function findCodeDeployRole({ template }: PackagedService): ContractBreach[] {
  const roles = resourcesOf(template, 'AWS::CodeDeploy::DeploymentGroup').map(([, { Properties }]) => {
    const call = callOf(Properties.ServiceRoleArn);
    return call?.name === 'Fn::GetAtt' ? getAttOf(call.argument)[0] : undefined;
  });
  return [...new Set(roles)].flatMap((id): ContractBreach[] => {
    if (id === undefined) return [];
    const attached = template.Resources[id]?.Properties.ManagedPolicyArns;
    if (!JSON.stringify(attached ?? []).includes(FULL_ACCESS)) return [];
    return [
      {
        severity: 'error',
        path: propertyPath(id, 'ManagedPolicyArns'),
        value: FULL_ACCESS,
        problem:
          "CodeDeploy's role was left to serverless-plugin-canary-deployments, which gives it full access to Lambda; the " +
          'role of the stack may not attach that policy',
        remedy:
          'list serverless-canary-guard last under plugins, which makes a narrower role, or name a role of your own in ' +
          'custom.deploymentSettings.codeDeployRole',
      },
    ];
  });
}
