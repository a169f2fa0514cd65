/** A value of a Poisson distribution and its probability. */
export interface PoissonValue {
  readonly value: number;
  readonly probability: number;
}

/** Standard deviations from the mean beyond which values are left out (less than 1e-12 of the probability). */
const REACH = 8;

/**
 * The Poisson distribution. Where it has more than `most` values, neighbours are joined to one value at their common
 * mean, so that a sum over the values remains a good integral.
 *
 * @param mean 0 or more.
 * @param most Maximum number of values, unlimited if omitted.
 */
export function poisson(mean: number, most = Number.POSITIVE_INFINITY): readonly PoissonValue[] {
  if (mean === 0) return [{ value: 0, probability: 1 }];
  const spread = REACH * Math.sqrt(mean) + REACH;
  const from = Math.max(0, Math.floor(mean - spread));
  const to = Math.ceil(mean + spread + REACH);
  const width = Math.max(1, Math.ceil((to - from + 1) / most));
  const values: PoissonValue[] = [];
  // Computed from the logarithm, because e^-mean is 0 in floating point for the means of a busy service.
  let logarithm = from * Math.log(mean) - mean - logFactorial(from);
  for (let start = from; start <= to; start += width) {
    let probability = 0;
    let sum = 0;
    for (let value = start; value < start + width && value <= to; value += 1) {
      const single = Math.exp(logarithm);
      probability += single;
      sum += single * value;
      logarithm += Math.log(mean / (value + 1));
    }
    if (probability > 0) values.push({ value: width === 1 ? start : sum / probability, probability });
  }
  return values;
}

function logFactorial(number: number): number {
  let sum = 0;
  for (let factor = 2; factor <= number; factor += 1) sum += Math.log(factor);
  return sum;
}
