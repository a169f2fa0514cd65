import { AwsError } from '../errors';

/** A DynamoDB number: `significand × 10^exponent`, without trailing zeros. */
interface Decimal {
  readonly significand: bigint;
  readonly exponent: number;
}

/** Largest number of significant digits (developer guide, "Data types: Number"). */
const PRECISION = 38;

/** @throws AwsError ValidationException for a text that is not a number or has more than 38 significant digits. */
export function readDecimal(text: string): Decimal {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text.trim());
  const [, sign, whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (!match || `${whole}${fraction}` === '') {
    throw new AwsError('ValidationException', `The parameter cannot be converted to a numeric value: ${text}`);
  }
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant.length > PRECISION) {
    throw new AwsError('ValidationException', 'Attempting to store more than 38 significant digits in a Number');
  }
  if (significant === '') return { significand: 0n, exponent: 0 };
  return {
    significand: BigInt(`${sign === '-' ? '-' : ''}${significant}`),
    exponent: Number(exponent) - fraction.length + digits.length - significant.length,
  };
}

/** @returns A negative number, 0 or a positive number when `a` is less than, equal to or greater than `b`. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const exponent = Math.min(a.exponent, b.exponent);
  const difference = scaled(a, exponent) - scaled(b, exponent);
  return difference < 0n ? -1 : Number(difference > 0n);
}

/** @returns The number as DynamoDB returns it: plain digits without an exponent. */
export function writeDecimal({ significand, exponent }: Decimal): string {
  const sign = significand < 0n ? '-' : '';
  const digits = String(significand < 0n ? -significand : significand);
  if (exponent >= 0) return `${sign}${digits}${'0'.repeat(exponent)}`;
  const padded = digits.padStart(1 - exponent, '0');
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

function scaled({ significand, exponent }: Decimal, to: number): bigint {
  return significand * 10n ** BigInt(exponent - to);
}
