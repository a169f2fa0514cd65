/** A value of a random number and its probability. */
export interface PoissonValue {
  readonly value: number;
  readonly probability: number;
}

/** What lies further from the mean than so many standard deviations is left out (under 1e-12 of a Poisson's mass). */
const REACH = 8;

/**
 * The distribution of a Poisson number. Where it has more than `most` values, neighbours are joined to one point at
 * their common mean, so that a sum over the points stays a good integral.
 *
 * @param mean 0 or more
 */
export function poisson(mean: number, most = Number.POSITIVE_INFINITY): readonly PoissonValue[] {
  if (mean === 0) return [{ value: 0, probability: 1 }];
  const spread = REACH * Math.sqrt(mean) + REACH;
  const from = Math.max(0, Math.floor(mean - spread));
  const to = Math.ceil(mean + spread + REACH);
  const width = Math.max(1, Math.ceil((to - from + 1) / most));
  const points: PoissonValue[] = [];
  // From the logarithm, because e^-mean alone is 0 for the means of a busy service.
  let logarithm = from * Math.log(mean) - mean - logFactorial(from);
  for (let start = from; start <= to; start += width) {
    let probability = 0;
    let sum = 0;
    for (let value = start; value < start + width && value <= to; value += 1) {
      const each = Math.exp(logarithm);
      probability += each;
      sum += each * value;
      logarithm += Math.log(mean / (value + 1));
    }
    if (probability > 0) points.push({ value: width === 1 ? start : sum / probability, probability });
  }
  return points;
}

function logFactorial(of: number): number {
  let sum = 0;
  for (let factor = 2; factor <= of; factor += 1) sum += Math.log(factor);
  return sum;
}
