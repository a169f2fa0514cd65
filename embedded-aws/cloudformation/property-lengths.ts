import { excess } from '../../aws-rules/limits/measure';
import { LIMITED_PROPERTIES } from '../../aws-rules/limits/named-properties';
import { QUOTAS } from '../../aws-rules/limits/quotas';
import { AwsError } from '../errors';
import type { Properties } from '../resource-type';

/**
 * Refuses names and descriptions that are too long, with the text that most services of AWS use (e.g.
 * serverless/examples#405); S3, SNS and SQS have texts of their own.
 *
 * @throws AwsError ValidationError.
 */
export function checkPropertyLengths(type: string, properties: Properties): void {
  for (const { property, quota } of LIMITED_PROPERTIES[type] ?? []) {
    const value = properties[property];
    if (typeof value === 'string' && excess(quota, value.length).length > 0) tooLong(value, property, quota);
  }
}

/** @throws AwsError ValidationError when a name in a request is too long. */
export function checkNameLength(value: string, member: string, quota: 'stackName' | 'changeSetName'): void {
  if (excess(quota, value.length).length > 0) tooLong(value, member, quota);
}

function tooLong(value: string, property: string, quota: keyof typeof QUOTAS): never {
  const member = `${property[0]!.toLowerCase()}${property.slice(1)}`;
  throw new AwsError(
    'ValidationError',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ` +
      `Member must have length less than or equal to ${QUOTAS[quota].maximum}`,
  );
}
