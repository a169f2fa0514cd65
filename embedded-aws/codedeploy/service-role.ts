import type { Denial, RoleCheck } from '../access/access-control';
import { functionArn, parseFunctionRef } from '../lambda/function-ref';
import { arn, type Scope } from '../scope';
import type { Deployment, Halt } from './deployment';

/**
 * The service role of a deployment's group. CodeDeploy does everything under it: it reads and moves the alias, invokes
 * the hooks and reads the alarms (CodeDeploy user guide, "AWS managed policies", AWSCodeDeployRoleForLambda, which has
 * exactly these permissions). The trust policy may refer to the group by `aws:SourceArn` (same guide, "Cross-service
 * confused deputy prevention").
 */
export class ServiceRole {
  readonly #deployment: Deployment;
  readonly #scope: Scope;
  readonly #checkRole: RoleCheck;

  constructor(deployment: Deployment, scope: Scope, checkRole: RoleCheck) {
    this.#deployment = deployment;
    this.#scope = scope;
    this.#checkRole = checkRole;
  }

  /** @returns Why the deployment cannot read the alias; undefined when it can. */
  readAlias(): Halt | undefined {
    const { functionName, alias } = this.#deployment.props.appSpec;
    return (
      this.#check('lambda:GetAlias', this.#function(functionName)) ??
      this.#check('lambda:GetProvisionedConcurrencyConfig', this.#function(functionName, alias))
    );
  }

  /** @returns Why the deployment cannot move the alias; undefined when it can. */
  moveAlias(): Halt | undefined {
    return this.#check('lambda:UpdateAlias', this.#function(this.#deployment.props.appSpec.functionName));
  }

  /** @returns Why the deployment cannot invoke a hook; undefined when it can. */
  invokeHook(functionName: string): Halt | undefined {
    return this.#check('lambda:InvokeFunction', this.#function(functionName));
  }

  /** @returns Why the deployment cannot read its alarms; undefined when it can. */
  readAlarms(): Halt | undefined {
    return this.#check('cloudwatch:DescribeAlarms', arn('cloudwatch', this.#scope, 'alarm:*'));
  }

  #function(name: string, qualifier?: string): string {
    return functionArn(this.#scope, parseFunctionRef(name, this.#scope, qualifier));
  }

  #check(action: string, resource: string): Halt | undefined {
    const { id, props } = this.#deployment;
    const { applicationName, name, serviceRoleArn: roleArn } = props.group;
    const sourceArn = arn('codedeploy', this.#scope, `deploymentgroup:${applicationName}/${name}`);
    const use = { service: 'codedeploy.amazonaws.com', sourceArn, roleArn, session: id };
    const denial = this.#checkRole(use, { action, resource });
    return denial && refusal(roleArn, denial);
  }
}

const SERVICES: Readonly<Record<string, string>> = {
  lambda: 'AWSLambda',
  cloudwatch: 'AmazonCloudWatch',
  sts: 'AWSSTS',
};

/**
 * The code is CodeDeploy's (API, ErrorInformation). The text is as CodeDeploy's users quote it for other services; the
 * denial is added, because CodeDeploy does not say which action was denied.
 */
function refusal(roleArn: string, { action, message }: Denial): Halt {
  const service = SERVICES[action.split(':')[0]!];
  return {
    status: 'Failed',
    code: 'IAM_ROLE_PERMISSIONS',
    message:
      `The IAM role ${roleArn} does not give you permission to perform operations in the following AWS service: ` +
      `${service}. Contact your AWS administrator if you need help. If you are an AWS administrator, you can grant ` +
      `permissions to your users or groups by creating IAM policies. (${message})`,
    rollsBackOn: 'DEPLOYMENT_FAILURE',
  };
}
