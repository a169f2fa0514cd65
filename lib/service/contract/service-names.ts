import { TemplateText } from '../../../aws-rules/limits/template-text';
import type { ContractBreach } from './contract-breach';
import type { PackagedService } from './packaged-service';
import { propertyPath, resourcesOf } from './resources-of';

/**
 * Finds names that are outside of what the environment's roles may touch: they are limited to the stack `<service>-<stage>`, to
 * functions whose names begin with it, and to the bucket that sls creates in it.
 */
export function findForeignNames({ names, provider, template, stack }: PackagedService): ContractBreach[] {
  const { serviceStack } = names;
  const values = new TemplateText(template, stack);
  const breaches: ContractBreach[] = [];
  if (provider.stackName !== undefined && provider.stackName !== serviceStack) {
    breaches.push({
      severity: 'error',
      path: 'provider.stackName',
      value: JSON.stringify(provider.stackName),
      problem: `the pipeline's roles are limited to the stack "${serviceStack}"`,
      remedy: 'remove the setting',
    });
  }
  if (provider.deploymentBucket) {
    breaches.push({
      severity: 'error',
      path: 'provider.deploymentBucket.name',
      value: JSON.stringify(provider.deploymentBucket),
      problem: 'the Deploy action may write only to the bucket that sls creates in the stack',
      remedy: 'remove the name; the other settings of deploymentBucket can stay',
    });
  }
  for (const [id, { Properties }] of resourcesOf(template, 'AWS::Lambda::Function')) {
    const name = values.text(Properties.FunctionName);
    if (name === undefined || name.startsWith(`${serviceStack}-`)) continue;
    breaches.push({
      severity: 'error',
      path: propertyPath(id, 'FunctionName'),
      value: JSON.stringify(name),
      problem: `the pipeline's roles are limited to functions whose names begin with "${serviceStack}-"`,
      remedy: `remove the function's name in serverless.yml, or write one that begins with \${self:service}-\${sls:stage}-`,
    });
  }
  return breaches;
}
