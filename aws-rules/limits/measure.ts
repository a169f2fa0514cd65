import { QUOTAS, type Quota, type QuotaId } from './quotas';

/** A measured value that is above its quota. */
export interface Excess {
  readonly quota: QuotaId;
  readonly measured: number;
}

/** @returns The excess; nothing if the value is within the quota. */
export function excess(quota: QuotaId, measured: number): readonly Excess[] {
  return measured > QUOTAS[quota].maximum ? [{ quota, measured }] : [];
}

/** @returns What is exceeded, e.g. "67 characters for the name of a role; IAM allows 64". */
export function describeExcess({ quota, measured }: Excess): string {
  const { of, maximum, unit, service }: Quota = QUOTAS[quota];
  const [has, allows] = [measured, maximum].map((number) => number.toLocaleString('en'));
  return `${has} ${unit} for the ${of}; ${service} allows ${allows}`;
}

/**
 * The length of a policy in characters as IAM counts it: "IAM doesn't count white space when calculating the size of a policy
 * against these quotas". Whether that includes blanks inside of strings is not said; they are not counted here, so that
 * nothing is refused that IAM may accept (inferred).
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export function policyLength(document: unknown): number {
  return JSON.stringify(document).replaceAll(/\s/g, '').length;
}

/** @returns The length of the inline policies of a role, which IAM limits together. */
export function inlinePoliciesLength(documents: readonly unknown[]): number {
  return documents.reduce<number>((sum, document) => sum + policyLength(document), 0);
}

/**
 * The size of a function's environment variables in bytes. Lambda measures their JSON: its refusal quotes the text, "… exceeded
 * the 4KB limit. String measured: {"A":"b",…}". So a quotation mark in a value counts twice.
 *
 * @see https://github.com/github-aws-runners/terraform-aws-github-runner/issues/3594
 */
export function environmentSize(variables: Readonly<Record<string, string>>): number {
  return Buffer.byteLength(JSON.stringify(variables));
}

/** @returns The size of a template in bytes, which CloudFormation limits. */
export function templateSize(text: string): number {
  return Buffer.byteLength(text);
}
