import type { MeasurableTemplate } from './template-text';

/** @returns The documents of a role's inline policies: its own, and those that stand next to it in the template, as CDK writes them. */
export function inlinePolicies(roleId: string, template: MeasurableTemplate): unknown[] {
  const own = listOf(template.Resources[roleId]?.Properties?.Policies);
  const attached = Object.values(template.Resources).flatMap(({ Type, Properties = {} }) => {
    if (Type !== 'AWS::IAM::Policy' && Type !== 'AWS::IAM::RolePolicy') return [];
    const roles = [...listOf(Properties.Roles), ...listOf(Properties.RoleName)];
    return roles.some((role) => (role as { Ref?: string }).Ref === roleId) ? [Properties] : [];
  });
  return [...own, ...attached].map((policy) => (policy as { PolicyDocument?: unknown }).PolicyDocument);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}
