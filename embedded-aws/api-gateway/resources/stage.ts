import { Unsupported } from '../../errors';
import type { Properties, ResourceType } from '../../resource-type';
import { checkAccessLogFormat } from '../access-log';
import { type ApiStage, found } from '../http-api';
import { type ApiGatewayResourceContext, TIME } from './context';

/** `AWS::ApiGatewayV2::Stage`: the stage `$default` with automatic deployments. */
export function stageType({ apis, sleep, now }: ApiGatewayResourceContext): ResourceType {
  const api = (id: string) => found(apis.get(id), 'API', id);
  return {
    type: 'AWS::ApiGatewayV2::Stage',
    accepts: ['AccessLogSettings', 'ApiId', 'AutoDeploy', 'DefaultRouteSettings', 'Description', 'StageName', 'Tags'],
    replacedBy: ['ApiId', 'StageName'],

    async create(properties) {
      await sleep(TIME);
      const stage = readStage(properties, now());
      api(properties.ApiId).stage = stage;
      return { id: stage.name, attributes: {} };
    },

    async update(name, properties) {
      await sleep(TIME);
      const owner = api(properties.ApiId);
      owner.stage = readStage(properties, owner.stage?.createdAt ?? now());
      return { id: name, attributes: {} };
    },

    async delete(_name, { ApiId }) {
      await sleep(TIME);
      const owner = apis.get(ApiId);
      if (owner) owner.stage = undefined;
    },
  };
}

function readStage(properties: Properties, createdAt: number): ApiStage {
  const { StageName, AutoDeploy = false, DefaultRouteSettings = {}, AccessLogSettings, Description, Tags } = properties;
  const refuse = (what: string) => new Unsupported(`AWS::ApiGatewayV2::Stage with ${what}`);
  if (StageName !== '$default') throw refuse(`StageName ${StageName}`);
  if (String(AutoDeploy) !== 'true') throw refuse('AutoDeploy false');
  const unknown = Object.keys(DefaultRouteSettings).find((setting) => setting !== 'DetailedMetricsEnabled');
  if (unknown) throw refuse(`DefaultRouteSettings.${unknown}`);
  return {
    name: StageName,
    description: Description ?? '',
    detailedMetrics: String(DefaultRouteSettings.DetailedMetricsEnabled) === 'true',
    ...(AccessLogSettings && { accessLog: readAccessLog(AccessLogSettings) }),
    createdAt,
    tags: Tags ?? {},
  };
}

function readAccessLog({ DestinationArn = '', Format = '' }: Properties): ApiStage['accessLog'] {
  const [, logGroup] = /:log-group:([^:*]+)/.exec(DestinationArn) ?? [];
  if (!logGroup)
    throw new Unsupported(`AWS::ApiGatewayV2::Stage with AccessLogSettings.DestinationArn ${DestinationArn}`);
  checkAccessLogFormat(Format);
  return { logGroup, format: Format };
}
