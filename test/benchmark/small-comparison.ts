import type { Configuration } from '../../benchmark/configuration';
import {
  type ModelledService,
  modelledRoutes,
  type ResolvedConfiguration,
  resolveConfiguration,
} from '../../benchmark/modelled-service';
import { type PlayedRelease, playRelease } from '../../benchmark/played-release';
import { flat, publishedConfigurations } from '../../benchmark/published-configurations';
import { rows } from '../../benchmark/release-kinds';

/** A service as the packaged one is modelled. */
export const service: ModelledService = {
  functionName: 'shop-hello',
  alias: 'Live',
  timeout: 6_000,
  variables: ['TABLE'],
  routes: modelledRoutes,
  preTrafficHook: 'shop-pre',
  postTrafficHook: 'shop-post',
  preTrafficTimeout: 60_000,
  postTrafficTimeout: 60_000,
  minimumRequests: 50,
  tooFewRequests: 'make-traffic',
};

const known = [...publishedConfigurations, flat];

/** Hooks that ask, and no alarm. */
export const hooksOnly: Configuration = {
  name: 'hooks-only',
  line: 'hooks that ask, and no alarm',
  deploymentType: 'Canary10Percent5Minutes',
  alarms: [],
  hooks: 'checks',
};

export function resolved(configuration: string | Configuration): ResolvedConfiguration {
  const found = typeof configuration === 'string' ? known.find(({ name }) => name === configuration)! : configuration;
  return resolveConfiguration(found, service);
}

export function play(
  row: string,
  configuration: string | Configuration,
  { seed = 1, untilHorizon = true } = {},
): Promise<PlayedRelease> {
  const found = rows.find(({ name }) => name === row)!;
  return playRelease({ row: found, configuration: resolved(configuration), service, seed, untilHorizon });
}
