import { Unsupported } from '../errors';
import { invalid } from './input';
import type { Observations } from './metric-store';

const SIMPLE_STATISTICS = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const;

/** Statistic that makes a datapoint of a period's observations. */
export type Statistic =
  | { readonly type: 'simple'; readonly name: (typeof SIMPLE_STATISTICS)[number] }
  | { readonly type: 'percentile'; readonly name: string; readonly percent: number };

/**
 * @param name Name of the statistic, e.g. `Sum` or `p99.9`.
 * @throws AwsError ValidationError for an unknown name; Unsupported for other extended statistics, such as trimmed
 *   means.
 */
export function parseStatistic(name: unknown): Statistic {
  const found = SIMPLE_STATISTICS.find((statistic) => statistic === name);
  if (found) return { type: 'simple', name: found };
  const percent = Number(/^p(\d{1,3}(?:\.\d+)?)$/.exec(String(name))?.[1]);
  if (percent >= 0 && percent <= 100) return { type: 'percentile', name: String(name), percent };
  if (/^(tm|wm|tc|ts|pr|iqm)/i.test(String(name))) throw new Unsupported(`the statistic ${name}`);
  throw invalid(
    `the value ${JSON.stringify(name)} for the statistic must be one of ${SIMPLE_STATISTICS.join(', ')} or p0 to p100`,
  );
}

/** @returns The datapoint; undefined for a percentile when only aggregates were reported. */
export function datapoint(statistic: Statistic, observed: Observations): number | undefined {
  if (statistic.type === 'percentile') return percentile(statistic.percent, observed);
  switch (statistic.name) {
    case 'SampleCount':
      return observed.count;
    case 'Average':
      return observed.sum / observed.count;
    case 'Sum':
      return observed.sum;
    case 'Minimum':
      return observed.min;
    case 'Maximum':
      return observed.max;
  }
}

/**
 * @returns The number of samples from which CloudWatch trusts a percentile: 10/(1-p) above the median, 10/p below
 *   (CloudWatch user guide, "percentile-based alarms and low data samples"); 0 for other statistics.
 */
export function samplesWanted(statistic: Statistic): number {
  if (statistic.type === 'simple') return 0;
  const share = statistic.percent / 100;
  return share >= 0.5 ? 10 / (1 - share) : 10 / share;
}

/** Percentile by nearest rank; CloudWatch does not publish how it interpolates. */
function percentile(percent: number, { values }: Observations): number | undefined {
  const sorted = [...values].sort((a, b) => a.value - b.value);
  const total = sorted.reduce((sum, { count }) => sum + count, 0);
  const rank = Math.max(1, Math.ceil((percent / 100) * total));
  let seen = 0;
  for (const { value, count } of sorted) {
    seen += count;
    if (seen >= rank) return value;
  }
  return undefined;
}
