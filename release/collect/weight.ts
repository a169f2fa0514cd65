import { GetAliasCommand } from '@aws-sdk/client-lambda';
import type { ReleaseClients } from '../aws/clients';
import type { FunctionRelease } from '../outcome/function-release';

/** @returns the percent of the alias's traffic that a release's new version has at this moment */
export async function readWeight(
  { lambda }: ReleaseClients,
  { functionName, alias, to }: Pick<FunctionRelease, 'functionName' | 'alias' | 'to'>,
): Promise<number> {
  const { FunctionVersion, RoutingConfig } = await lambda.send(
    new GetAliasCommand({ FunctionName: functionName, Name: alias }),
  );
  const weights = RoutingConfig?.AdditionalVersionWeights ?? {};
  const others = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  return Math.round((FunctionVersion === to ? 1 - others : (weights[to] ?? 0)) * 1000) / 10;
}
