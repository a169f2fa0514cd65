import { InvalidRouteKey, parseRouteKey, type RouteKey } from '../../../aws-rules/http-routes';
import { AwsError, Unsupported } from '../../errors';
import type { Properties, ResourceType } from '../../resource-type';
import { type ApiRoute, found, type HttpApi } from '../http-api';
import { ALPHABET, type ApiGatewayResourceContext, TIME } from './context';

/** `AWS::ApiGatewayV2::Route`. */
export function routeType({ random, apis, sleep }: ApiGatewayResourceContext): ResourceType {
  const ids = random.stream('route-ids');
  const api = (id: string) => found(apis.get(id), 'API', id);
  const describe = (id: string) => ({ id, attributes: { RouteId: id } });
  return {
    type: 'AWS::ApiGatewayV2::Route',
    accepts: ['ApiId', 'AuthorizationType', 'RouteKey', 'Target'],
    replacedBy: ['ApiId'],

    async create(properties) {
      await sleep(TIME);
      const id = ids.text(7, ALPHABET);
      api(properties.ApiId).routes.set(id, readRoute(api(properties.ApiId), id, properties));
      return describe(id);
    },

    async update(id, properties) {
      await sleep(TIME);
      api(properties.ApiId).routes.set(id, readRoute(api(properties.ApiId), id, properties));
      return describe(id);
    },

    async delete(id, { ApiId }) {
      await sleep(TIME);
      apis.get(ApiId)?.routes.delete(id);
    },
  };
}

function readRoute(
  api: HttpApi,
  id: string,
  { AuthorizationType = 'NONE', RouteKey, Target = '' }: Properties,
): ApiRoute {
  if (AuthorizationType !== 'NONE') {
    throw new Unsupported(`AWS::ApiGatewayV2::Route with AuthorizationType ${AuthorizationType}`);
  }
  const key = readRouteKey(RouteKey);
  if ([...api.routes.values()].some((route) => route.id !== id && route.key.text === key.text)) {
    throw new AwsError('ConflictException', `Route with key ${key.text} already exists for this API`, 409);
  }
  const [, integrationId = ''] = /^integrations\/(.+)$/.exec(Target) ?? [];
  found(api.integrations.get(integrationId), 'Integration', integrationId);
  return { id, key, integrationId };
}

/** @throws AwsError BadRequestException for a route key that API Gateway refuses. */
function readRouteKey(text: string): RouteKey {
  try {
    return parseRouteKey(text);
  } catch (error) {
    if (error instanceof InvalidRouteKey) throw new AwsError('BadRequestException', error.message);
    throw error;
  }
}
