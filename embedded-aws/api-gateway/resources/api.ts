import { Unsupported } from '../../errors';
import type { Physical, Properties, ResourceType } from '../../resource-type';
import { found, type HttpApi } from '../http-api';
import { ALPHABET, type ApiGatewayResourceContext, TIME } from './context';

interface ApiTypeProps extends ApiGatewayResourceContext {
  /**
   * Starts the API's HTTP server.
   *
   * @returns Its address.
   */
  readonly open: (apiId: string) => Promise<string>;
  readonly close: (apiId: string) => Promise<void>;
}

/** `AWS::ApiGatewayV2::Api`. */
export function apiType({ random, apis, sleep, now, open, close }: ApiTypeProps): ResourceType {
  const ids = random.stream('api-ids');

  function check({ ProtocolType, DisableExecuteApiEndpoint = false }: Properties): void {
    if (ProtocolType !== 'HTTP') throw new Unsupported(`AWS::ApiGatewayV2::Api with ProtocolType ${ProtocolType}`);
    if (String(DisableExecuteApiEndpoint) !== 'false') {
      throw new Unsupported('AWS::ApiGatewayV2::Api with DisableExecuteApiEndpoint true');
    }
  }

  const describe = ({ id, endpoint }: HttpApi): Physical => ({ id, attributes: { ApiId: id, ApiEndpoint: endpoint } });

  return {
    type: 'AWS::ApiGatewayV2::Api',
    accepts: ['Name', 'Description', 'ProtocolType', 'DisableExecuteApiEndpoint', 'Tags'],
    replacedBy: ['ProtocolType'],

    async create(properties) {
      check(properties);
      await sleep(TIME);
      const id = ids.text(10, ALPHABET);
      const api: HttpApi = {
        id,
        name: properties.Name,
        description: properties.Description ?? '',
        tags: properties.Tags ?? {},
        endpoint: await open(id),
        createdAt: now(),
        integrations: new Map(),
        routes: new Map(),
        stage: undefined,
      };
      apis.set(id, api);
      return describe(api);
    },

    async update(id, properties) {
      check(properties);
      await sleep(TIME);
      const api = found(apis.get(id), 'API', id);
      api.name = properties.Name;
      api.description = properties.Description ?? '';
      api.tags = properties.Tags ?? {};
      return describe(api);
    },

    async delete(id) {
      await sleep(TIME);
      apis.delete(id);
      await close(id);
    },
  };
}
