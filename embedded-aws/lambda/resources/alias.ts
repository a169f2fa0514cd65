import { AwsError } from '../../errors';
import type { Physical, Properties, ResourceContext, ResourceType } from '../../resource-type';
import { functionArn, parseFunctionRef } from '../function-ref';
import type { AliasState } from '../invocation';
import { deleteIfPresent, type LambdaResourceContext } from './context';

/** Durations in virtual milliseconds, without a traffic shift. */
const TIME = { create: 1_000, update: 1_000, delete: 1_000 };

/**
 * `AWS::Lambda::Alias`. Under a `CodeDeployLambdaAliasUpdate` policy CodeDeploy performs an update to another version,
 * and the resource stays in progress until the deployment ends. Creation and CloudFormation's own rollback set the
 * alias at once (CloudFormation user guide, "UpdatePolicy attribute"; published logs).
 */
export function aliasType({ scope, functions, sleep, shifter }: LambdaResourceContext): ResourceType {
  const describe = (name: string, alias: string): Physical => {
    const arn = functionArn(scope, { name, qualifier: alias });
    return { id: arn, attributes: { AliasArn: arn } };
  };

  return {
    type: 'AWS::Lambda::Alias',
    accepts: ['FunctionName', 'FunctionVersion', 'Name', 'Description', 'RoutingConfig'],
    replacedBy: ['FunctionName', 'Name'],

    async create(properties) {
      await sleep(TIME.create);
      const target = functions.get(properties.FunctionName);
      functions.createAlias(target, properties.Name, stateOf(properties), properties.Description);
      return describe(target.name, properties.Name);
    },

    async update(_id, properties, previous, context) {
      const target = functions.get(properties.FunctionName);
      const policy = shiftPolicy(properties, previous, context);
      if (policy) {
        await shifter().shiftAlias(
          {
            applicationName: policy.ApplicationName,
            deploymentGroupName: policy.DeploymentGroupName,
            functionName: target.name,
            alias: properties.Name,
            currentVersion: String(previous.FunctionVersion),
            targetVersion: String(properties.FunctionVersion),
            ...(policy.BeforeAllowTrafficHook && { beforeAllowTrafficHook: policy.BeforeAllowTrafficHook }),
            ...(policy.AfterAllowTrafficHook && { afterAllowTrafficHook: policy.AfterAllowTrafficHook }),
            stackId: context.stackId,
          },
          (reason) => context.note(reason),
        );
      } else {
        await sleep(TIME.update);
      }
      const state = policy ? functions.alias(target, properties.Name).state : stateOf(properties);
      functions.putAlias(target, properties.Name, state, properties.Description ?? '');
      return describe(target.name, properties.Name);
    },

    async delete(id) {
      await sleep(TIME.delete);
      const { name, qualifier } = parseFunctionRef(id, scope);
      deleteIfPresent(() => functions.get(name).aliases.delete(qualifier ?? ''));
    },
  };
}

/** @returns The update policy when CodeDeploy performs this update, else undefined. */
function shiftPolicy(properties: Properties, previous: Properties, context: ResourceContext): Properties | undefined {
  if (context.rollback || String(properties.FunctionVersion) === String(previous.FunctionVersion)) return undefined;
  return context.updatePolicy?.CodeDeployLambdaAliasUpdate;
}

function stateOf({ FunctionVersion, RoutingConfig }: Properties): AliasState {
  if (FunctionVersion === undefined) throw new AwsError('ValidationError', 'Property FunctionVersion cannot be empty.');
  const weights = (RoutingConfig?.AdditionalVersionWeights ?? []).map(
    ({ FunctionVersion: version, FunctionWeight: weight }: Properties) => [String(version), Number(weight)],
  );
  return { functionVersion: String(FunctionVersion), weights: Object.fromEntries(weights) };
}
