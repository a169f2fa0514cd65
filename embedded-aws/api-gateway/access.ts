import { type AccessRule, type AccessRules, need } from '../access/need';

const read =
  (path: (apiId: string) => string): AccessRule =>
  ({ ApiId }, { region }) =>
    need('apigateway:GET', `arn:aws:apigateway:${region}::/apis${path(ApiId)}`);

/**
 * Permissions that API Gateway's operations need: the HTTP method, on the path as a resource.
 *
 * Source: Service Authorization Reference, Amazon API Gateway Management V2.
 */
export const HTTP_APIS_ACCESS: AccessRules = {
  GetApis: read(() => ''),
  GetApi: read((id) => `/${id}`),
  GetIntegrations: read((id) => `/${id}/integrations`),
  GetRoutes: read((id) => `/${id}/routes`),
  GetStages: read((id) => `/${id}/stages`),
};
