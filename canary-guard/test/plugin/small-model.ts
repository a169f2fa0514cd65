import { loadAlertsPlugin } from '../../plugin/alerts-plugin.js';
import type { Naming } from '../../plugin/model';

/** serverless-plugin-aws-alerts, as installed. */
export const alerts = loadAlertsPlugin(__dirname);

/** Names as sls gives them to a stack. */
export function namingOf(stack: string): Naming {
  const upperFirst = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
  const alphanumeric = (name: string) => upperFirst(name.replace(/[^a-zA-Z0-9]/g, ''));
  return {
    getStackName: () => stack,
    getRoleLogicalId: () => 'IamRoleLambdaExecution',
    getLambdaLogicalId: (name) => `${upperFirst(name)}LambdaFunction`,
    getLogGroupLogicalId: (name) => `${upperFirst(name)}LogGroup`,
    getHttpApiLogicalId: () => 'HttpApi',
    normalizeNameToAlphaNumericOnly: alphanumeric,
  };
}
