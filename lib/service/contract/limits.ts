import { describeExcess } from '../../../aws-rules/limits/measure';
import { measureTemplate, type TemplateExcess } from '../../../aws-rules/limits/measure-template';
import { QUOTAS, type Quota, type QuotaId } from '../../../aws-rules/limits/quotas';
import type { ContractBreach } from './contract-breach';
import type { PackagedService } from './packaged-service';

const SHORTER = 'shorten the name of the service or of the environment';
const SPLIT = 'split the service into two services, each with a pipeline of its own';

/** What to do about each quota that a service can exceed. */
const REMEDIES: Partial<Record<QuotaId, string>> = {
  roleName: `${SHORTER}, or name the role in serverless.yml, beginning with \${self:service}-\${sls:stage}-`,
  functionName: `${SHORTER} or of the function; or name the function, beginning with \${self:service}-\${sls:stage}-`,
  alarmName: `${SHORTER}, or write a shorter nameTemplate in custom.alerts.definitions`,
  inlinePolicies: `write one ARN with a wildcard, such as …:\${self:service}-\${sls:stage}-*, in place of one for each resource, or move statements to a managed policy and name it in provider.iam.role.managedPolicies`,
  environmentVariables: 'move values to Parameter Store or into a file of the package',
  trustPolicy: 'name fewer principals, or have AWS raise the quota',
  attachedPolicies: 'merge policies, or have AWS raise the quota',
  resources: SPLIT,
  outputs: SPLIT,
  template: SPLIT,
};

/** What to do about a role of sls, of which serverless.yml sets the name. */
const SHARED_ROLE = 'Resources.IamRoleLambdaExecution.Properties.RoleName';
const SHARED_ROLE_REMEDY = `write provider.iam.role.name: \${self:service}-\${sls:stage}-lambda, or ${SHORTER}`;

/**
 * Finds what AWS would refuse of a packaged service because it is too long, too large or too many. Each quota is reported once,
 * with the worst value and the number of the others.
 */
export function findExcesses({ template, stack }: PackagedService): ContractBreach[] {
  const excesses = measureTemplate({ template, text: JSON.stringify(template), stack });
  const quotas = new Set(excesses.map(({ quota }) => quota));
  return [...quotas].map((quota) => breachOf(excesses.filter((each) => each.quota === quota)));
}

function breachOf(group: readonly TemplateExcess[]): ContractBreach {
  const [worst, ...others] = group.toSorted((a, b) => b.measured - a.measured) as [TemplateExcess, ...TemplateExcess[]];
  const { quota, path, value } = worst;
  const more = others.length === 0 ? '' : `; ${others.length} more: ${others.map((each) => each.path).join(', ')}`;
  return {
    severity: (QUOTAS[quota] as Quota).raisedTo === undefined ? 'error' : 'warning',
    path,
    value: value === undefined ? undefined : JSON.stringify(value),
    problem: `${describeExcess(worst)}${more}`,
    remedy: path === SHARED_ROLE ? SHARED_ROLE_REMEDY : (REMEDIES[quota] ?? 'shorten it'),
  };
}
