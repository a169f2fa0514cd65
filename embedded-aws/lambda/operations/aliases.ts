import { AwsError } from '../../errors';
import type { RestRoute } from '../../protocol/rest';
import { describeAlias } from '../descriptions';
import { FUNCTIONS, type OperationContext, page } from './context';

const STATE = ['FunctionVersion', 'Description', 'RoutingConfig'];

/** Operations on aliases. */
export function aliasRoutes({ scope, functions }: OperationContext): RestRoute[] {
  const one = `${FUNCTIONS}/{FunctionName}/aliases/{Name}`;
  const all = `${FUNCTIONS}/{FunctionName}/aliases`;
  return [
    {
      route: `GET ${one}`,
      name: 'GetAlias',
      accepts: ['FunctionName', 'Name'],
      run: ({ FunctionName, Name }) => {
        const target = functions.get(FunctionName);
        return describeAlias(scope, target.name, functions.alias(target, Name));
      },
    },
    {
      route: `GET ${all}`,
      name: 'ListAliases',
      accepts: ['FunctionName', 'FunctionVersion', 'Marker', 'MaxItems'],
      run: (input) => {
        const target = functions.get(input.FunctionName);
        const aliases = [...target.aliases.values()].filter(
          ({ state }) => input.FunctionVersion === undefined || state.functionVersion === input.FunctionVersion,
        );
        const { items, NextMarker } = page(aliases, input);
        return { Aliases: items.map((alias) => describeAlias(scope, target.name, alias)), NextMarker };
      },
    },
    {
      route: `POST ${all}`,
      name: 'CreateAlias',
      accepts: ['FunctionName', 'Name', ...STATE],
      status: 201,
      run: ({ FunctionName, Name, FunctionVersion, Description, RoutingConfig }) => {
        const target = functions.get(FunctionName);
        const state = { functionVersion: FunctionVersion, weights: RoutingConfig?.AdditionalVersionWeights ?? {} };
        return describeAlias(scope, target.name, functions.createAlias(target, Name, state, Description));
      },
    },
    {
      route: `PUT ${one}`,
      name: 'UpdateAlias',
      accepts: ['FunctionName', 'Name', 'RevisionId', ...STATE],
      run: ({ FunctionName, Name, FunctionVersion, Description, RoutingConfig, RevisionId }) => {
        const target = functions.get(FunctionName);
        const former = functions.alias(target, Name);
        if (RevisionId !== undefined && RevisionId !== former.revisionId) {
          throw new AwsError(
            'PreconditionFailedException',
            'The Revision Id provided does not match the latest Revision Id. ' +
              'Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
            412,
          );
        }
        const state = {
          functionVersion: FunctionVersion ?? former.state.functionVersion,
          weights: RoutingConfig ? (RoutingConfig.AdditionalVersionWeights ?? {}) : former.state.weights,
        };
        return describeAlias(scope, target.name, functions.putAlias(target, Name, state, Description));
      },
    },
    {
      route: `DELETE ${one}`,
      name: 'DeleteAlias',
      accepts: ['FunctionName', 'Name'],
      status: 204,
      run: ({ FunctionName, Name }) => {
        functions.get(FunctionName).aliases.delete(Name);
        return undefined;
      },
    },
  ];
}
