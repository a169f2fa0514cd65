import { examine } from '../../hooks/examination';
import { type Behaviour, type ExaminedVersions, examined, seeded } from './modelled-function';

export type RandomSource = () => number;

/** Milliseconds that Lambda measures, drawn from one distribution each. */
export const durations: Readonly<Record<string, (random: RandomSource) => () => number>> = {
  'uniform, 5 to 20 ms': (random) => () => 5 + 15 * random(),
  'lognormal, median 10 ms, sigma 1': (random) => () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return 10 * Math.exp(normal);
  },
};

/** @returns The share of releases that the examination stops. */
export async function stopped(releases: number, release: (random: RandomSource) => ExaminedVersions): Promise<number> {
  let failed = 0;
  for (let seed = 1; seed <= releases; seed += 1) {
    const failures = await examine(examined(release(seeded(seed * 7919))).props);
    if (failures.length > 0) failed += 1;
  }
  return failed / releases;
}

/** @returns A release that is as good as the version in service; both fail this share of their requests. */
export function goodRelease(errors: number, durationsOf: (random: RandomSource) => () => number) {
  return (random: RandomSource): ExaminedVersions => {
    const version: Behaviour = { takes: durationsOf(random), throws: () => random() < errors };
    return { newVersion: version, baseline: version, history: { requests: 1_200, failed: 0 } };
  };
}
