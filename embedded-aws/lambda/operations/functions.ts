import type { RestRoute } from '../../protocol/rest';
import { describeTarget, describeVersion } from '../descriptions';
import { CONFIGURATION_MEMBERS, readConfiguration } from '../function-configuration';
import { parseFunctionRef } from '../function-ref';
import { FUNCTIONS, type OperationContext, page } from './context';

/** Operations on functions and their versions. */
export function functionRoutes({ scope, functions, code, endpointUrl }: OperationContext): RestRoute[] {
  return [
    {
      route: `GET ${FUNCTIONS}`,
      name: 'ListFunctions',
      accepts: ['Marker', 'MaxItems'],
      run: (input) => {
        const { items, NextMarker } = page(functions.list(), input);
        return { Functions: items.map(({ latest }) => describeVersion(scope, latest)), NextMarker };
      },
    },
    {
      route: `GET ${FUNCTIONS}/{FunctionName}`,
      name: 'GetFunction',
      accepts: ['FunctionName', 'Qualifier'],
      run: ({ FunctionName, Qualifier }) => {
        const target = functions.resolve(FunctionName, Qualifier);
        const { bucket, key } = target.version.code;
        const { tags, reservedConcurrency } = target.function;
        return {
          Configuration: describeTarget(scope, target),
          Code: { RepositoryType: 'S3', Location: `${endpointUrl()}/${bucket}/${key}` },
          ...(Object.keys(tags).length > 0 && { Tags: tags }),
          ...(reservedConcurrency !== undefined && {
            Concurrency: { ReservedConcurrentExecutions: reservedConcurrency },
          }),
        };
      },
    },
    {
      route: `GET ${FUNCTIONS}/{FunctionName}/configuration`,
      name: 'GetFunctionConfiguration',
      accepts: ['FunctionName', 'Qualifier'],
      run: ({ FunctionName, Qualifier }) => describeTarget(scope, functions.resolve(FunctionName, Qualifier)),
    },
    {
      route: `PUT ${FUNCTIONS}/{FunctionName}/configuration`,
      name: 'UpdateFunctionConfiguration',
      accepts: ['FunctionName', ...CONFIGURATION_MEMBERS],
      run: (input) => {
        const target = functions.get(input.FunctionName);
        const { configuration, code: former } = target.latest;
        functions.update(target, readConfiguration(target.name, input, configuration), former);
        return describeVersion(scope, target.latest);
      },
    },
    {
      route: `PUT ${FUNCTIONS}/{FunctionName}/code`,
      name: 'UpdateFunctionCode',
      accepts: ['FunctionName', 'S3Bucket', 'S3Key', 'Publish'],
      run: ({ FunctionName, S3Bucket, S3Key, Publish }) => {
        const target = functions.get(FunctionName);
        functions.update(target, target.latest.configuration, code.fetch(S3Bucket, S3Key));
        if (!Publish) return describeVersion(scope, target.latest);
        const { version } = functions.publish(target);
        return describeVersion(scope, version, version.version);
      },
    },
    {
      route: `DELETE ${FUNCTIONS}/{FunctionName}`,
      name: 'DeleteFunction',
      accepts: ['FunctionName', 'Qualifier'],
      status: 204,
      run: ({ FunctionName, Qualifier }) => {
        const target = functions.get(FunctionName);
        const { qualifier } = parseFunctionRef(FunctionName, scope, Qualifier);
        if (qualifier === undefined) functions.delete(target);
        else functions.deleteVersion(target, qualifier);
        return undefined;
      },
    },
    {
      route: `GET ${FUNCTIONS}/{FunctionName}/versions`,
      name: 'ListVersionsByFunction',
      accepts: ['FunctionName', 'Marker', 'MaxItems'],
      run: (input) => {
        const target = functions.get(input.FunctionName);
        const { items, NextMarker } = page([target.latest, ...target.versions.values()], input);
        return { Versions: items.map((version) => describeVersion(scope, version, version.version)), NextMarker };
      },
    },
    {
      route: `POST ${FUNCTIONS}/{FunctionName}/versions`,
      name: 'PublishVersion',
      accepts: ['FunctionName', 'CodeSha256', 'Description'],
      status: 201,
      run: ({ FunctionName, CodeSha256, Description }) => {
        const { version } = functions.publish(functions.get(FunctionName), Description, CodeSha256);
        return describeVersion(scope, version, version.version);
      },
    },
  ];
}
