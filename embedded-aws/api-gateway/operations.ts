import type { RestRoute } from '../protocol/rest';
import { type ApiRoute, type ApiStage, found, type HttpApi, type Integration } from './http-api';

/** Read operations. Resources are created and changed through CloudFormation only. */
export function readingRoutes(apis: ReadonlyMap<string, HttpApi>): RestRoute[] {
  const api = (id: string) => found(apis.get(id), 'API', id);
  const one = '/v2/apis/{ApiId}';
  return [
    {
      route: 'GET /v2/apis',
      name: 'GetApis',
      accepts: [],
      run: () => ({ items: [...apis.values()].map(describeApi) }),
    },
    { route: `GET ${one}`, name: 'GetApi', accepts: ['ApiId'], run: ({ ApiId }) => describeApi(api(ApiId)) },
    {
      route: `GET ${one}/integrations`,
      name: 'GetIntegrations',
      accepts: ['ApiId'],
      run: ({ ApiId }) => ({ items: [...api(ApiId).integrations.values()].map(describeIntegration) }),
    },
    {
      route: `GET ${one}/routes`,
      name: 'GetRoutes',
      accepts: ['ApiId'],
      run: ({ ApiId }) => ({ items: [...api(ApiId).routes.values()].map(describeRoute) }),
    },
    {
      route: `GET ${one}/stages`,
      name: 'GetStages',
      accepts: ['ApiId'],
      run: ({ ApiId }) => {
        const { stage } = api(ApiId);
        return { items: stage ? [describeStage(stage)] : [] };
      },
    },
  ];
}

function describeApi({ id, name, description, endpoint, createdAt, tags }: HttpApi): object {
  return {
    apiId: id,
    name,
    description,
    protocolType: 'HTTP',
    apiEndpoint: endpoint,
    apiKeySelectionExpression: '$request.header.x-api-key',
    routeSelectionExpression: '$request.method $request.path',
    disableExecuteApiEndpoint: false,
    createdDate: new Date(createdAt).toISOString(),
    tags,
  };
}

function describeIntegration({ id, uri, timeout, description }: Integration): object {
  return {
    integrationId: id,
    integrationType: 'AWS_PROXY',
    integrationUri: uri,
    integrationMethod: 'POST',
    connectionType: 'INTERNET',
    payloadFormatVersion: '2.0',
    timeoutInMillis: timeout,
    description,
  };
}

function describeRoute({ id, key, integrationId }: ApiRoute): object {
  return {
    routeId: id,
    routeKey: key.text,
    target: `integrations/${integrationId}`,
    authorizationType: 'NONE',
    apiKeyRequired: false,
  };
}

function describeStage({ name, description, detailedMetrics, accessLog, createdAt, tags }: ApiStage): object {
  return {
    stageName: name,
    description,
    autoDeploy: true,
    defaultRouteSettings: { detailedMetricsEnabled: detailedMetrics },
    ...(accessLog && { accessLogSettings: { destinationArn: accessLog.logGroup, format: accessLog.format } }),
    createdDate: new Date(createdAt).toISOString(),
    tags,
  };
}
