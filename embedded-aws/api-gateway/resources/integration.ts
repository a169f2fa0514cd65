import { AwsError, Unsupported } from '../../errors';
import type { Properties, ResourceType } from '../../resource-type';
import { found, type Integration, LONGEST_TIMEOUT } from '../http-api';
import { ALPHABET, type ApiGatewayResourceContext, TIME } from './context';

/** `AWS::ApiGatewayV2::Integration` of a Lambda function. */
export function integrationType({ random, apis, sleep }: ApiGatewayResourceContext): ResourceType {
  const ids = random.stream('integration-ids');
  const api = (id: string) => found(apis.get(id), 'API', id);
  const describe = (id: string) => ({ id, attributes: { IntegrationId: id } });
  return {
    type: 'AWS::ApiGatewayV2::Integration',
    accepts: [
      'ApiId',
      'Description',
      'IntegrationMethod',
      'IntegrationType',
      'IntegrationUri',
      'PayloadFormatVersion',
      'TimeoutInMillis',
    ],
    replacedBy: ['ApiId'],

    async create(properties) {
      await sleep(TIME);
      const id = ids.text(7, ALPHABET);
      api(properties.ApiId).integrations.set(id, readIntegration(id, properties));
      return describe(id);
    },

    async update(id, properties) {
      await sleep(TIME);
      api(properties.ApiId).integrations.set(id, readIntegration(id, properties));
      return describe(id);
    },

    async delete(id, { ApiId }) {
      await sleep(TIME);
      apis.get(ApiId)?.integrations.delete(id);
    },
  };
}

function readIntegration(id: string, properties: Properties): Integration {
  const { IntegrationType, IntegrationUri = '', PayloadFormatVersion, TimeoutInMillis, Description } = properties;
  if (IntegrationType !== 'AWS_PROXY') {
    throw new Unsupported(`AWS::ApiGatewayV2::Integration with IntegrationType ${IntegrationType}`);
  }
  if (String(PayloadFormatVersion) !== '2.0') {
    throw new Unsupported(`AWS::ApiGatewayV2::Integration with PayloadFormatVersion ${PayloadFormatVersion}`);
  }
  const timeout = Number(TimeoutInMillis ?? LONGEST_TIMEOUT);
  if (!(timeout >= 50 && timeout <= LONGEST_TIMEOUT)) {
    throw new AwsError(
      'BadRequestException',
      `Timeout should be between 50 ms and ${LONGEST_TIMEOUT} ms; got ${TimeoutInMillis}`,
    );
  }
  const [, wrapped] = /:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/.exec(IntegrationUri) ?? [];
  const functionArn = wrapped ?? IntegrationUri;
  if (!/^arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/.test(functionArn)) {
    throw new AwsError('BadRequestException', `Invalid integration URI specified: ${IntegrationUri}`);
  }
  return { id, functionArn, uri: IntegrationUri, timeout, description: Description ?? '' };
}
