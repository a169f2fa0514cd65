import type { CanaryConfiguration } from '../../benchmark/canary-configuration';
import {
  type ModelledService,
  modelledRoutes,
  type ResolvedConfiguration,
  resolveConfiguration,
} from '../../benchmark/modelled-service';
import { type PlayedRelease, playRelease } from '../../benchmark/played-release';
import { flat, publishedConfigurations } from '../../benchmark/published-configurations';
import { releaseKinds } from '../../benchmark/release-kinds';

/** A modelled service, as the packaged one gives it. */
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

/** Hooks with checks, and no alarms. */
export const hooksOnly: CanaryConfiguration = {
  name: 'hooks-only',
  line: 'hooks with checks, and no alarms',
  source: 'a test',
  deploymentType: 'Canary10Percent5Minutes',
  alarms: [],
  hooks: 'checks',
};

export function resolved(configuration: string | CanaryConfiguration): ResolvedConfiguration {
  const found = typeof configuration === 'string' ? known.find(({ name }) => name === configuration)! : configuration;
  return resolveConfiguration(found, service);
}

export function play(
  kind: string,
  configuration: string | CanaryConfiguration,
  { seed = 1, untilHorizon = true } = {},
): Promise<PlayedRelease> {
  const found = releaseKinds.find(({ name }) => name === kind)!;
  return playRelease({ kind: found, configuration: resolved(configuration), service, seed, untilHorizon });
}
