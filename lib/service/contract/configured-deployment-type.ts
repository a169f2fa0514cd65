import { TemplateText } from '../../../aws-rules/limits/template-text';
import type { ContractBreach } from './contract-breach';
import type { PackagedService } from './packaged-service';
import { resourcesOf } from './resources-of';

const PREFIX = 'CodeDeployDefault.Lambda';

/** Finds a `deploymentType` of the configuration that the service does not read, so that releases would shift otherwise. */
export function findUnreadDeploymentType({ environment, template, stack }: PackagedService): ContractBreach[] {
  const { name, deploymentType } = environment;
  if (deploymentType === undefined) return [];
  const values = new TemplateText(template, stack);
  const types = resourcesOf(template, 'AWS::CodeDeploy::DeploymentGroup').map(([, { Properties }]) =>
    (values.text(Properties.DeploymentConfigName) ?? '').replace(PREFIX, ''),
  );
  if (types.length === 0 || types.includes(deploymentType)) return [];
  return [
    {
      severity: 'error',
      path: `pipeline.environments (${name}).deploymentType in cdk.json`,
      value: JSON.stringify(deploymentType),
      problem: `the service does not read it: its functions are released by ${[...new Set(types)].join(' and ')}`,
      remedy: `write type: \${param:deploymentType} in deploymentSettings, with a default under params, or remove it from cdk.json`,
    },
  ];
}
