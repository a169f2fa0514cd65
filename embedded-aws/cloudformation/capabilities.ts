import { AwsError } from '../errors';
import type { StackTemplate } from './template';

/** Types that need a capability, with the property that names the resource, which needs CAPABILITY_NAMED_IAM. */
const NAMED_BY: Readonly<Record<string, string | undefined>> = {
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Policy': undefined,
};

/**
 * Capability that a template requires the caller to acknowledge (CloudFormation guide, "Acknowledging IAM resources").
 */
export interface RequiredCapability {
  readonly capability: 'CAPABILITY_IAM' | 'CAPABILITY_NAMED_IAM';
  /** Resource types that require it. */
  readonly types: readonly string[];
}

export function requiredCapability(template: StackTemplate): RequiredCapability | undefined {
  const resources = Object.values(template.resources).filter(({ type }) => Object.hasOwn(NAMED_BY, type));
  if (resources.length === 0) return undefined;
  const named = resources.some(({ type, properties }) => Object.hasOwn(properties, NAMED_BY[type] ?? ''));
  return {
    capability: named ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM',
    types: [...new Set(resources.map(({ type }) => type))],
  };
}

/** @throws AwsError InsufficientCapabilitiesException when the required capability is not given. */
export function checkCapabilities(template: StackTemplate, given: readonly string[]): void {
  const required = requiredCapability(template)?.capability;
  if (!required || given.includes(required) || given.includes('CAPABILITY_NAMED_IAM')) return;
  throw new AwsError('InsufficientCapabilitiesException', `Requires capabilities : [${required}]`);
}
