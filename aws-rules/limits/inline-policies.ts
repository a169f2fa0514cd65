import { conditionalValues } from '../conditional-values';
import type { MeasurableTemplate } from './template-text';

/**
 * The inline policies of a role: its own, and those that stand next to it in the template, as CDK writes them. Which ones it has
 * may depend on the template's conditions.
 *
 * @returns For each way in which the conditions can come out, the documents.
 */
export function inlinePolicies(roleId: string, template: MeasurableTemplate): readonly (readonly object[])[] {
  const attached = Object.values(template.Resources).flatMap(({ Type, Properties }) => {
    if (Type !== 'AWS::IAM::Policy' && Type !== 'AWS::IAM::RolePolicy') return [];
    return namesRole(Properties, roleId) ? [Properties] : [];
  });
  return conditionalValues([template.Resources[roleId]?.Properties?.Policies, attached]).map((policies) =>
    listOf(policies)
      .flatMap(listOf)
      .flatMap((policy) => documentOf(policy)),
  );
}

/** @returns Whether the properties of a policy name a role of the template under `Roles` or `RoleName`. */
export function namesRole(properties: Readonly<Record<string, unknown>> | undefined, roleId: string): boolean {
  return conditionalValues([properties?.Roles, properties?.RoleName])
    .flatMap(listOf)
    .flatMap(listOf)
    .some((role) => (role as { readonly Ref?: unknown } | null)?.Ref === roleId);
}

function documentOf(policy: unknown): object[] {
  const document = (policy as { readonly PolicyDocument?: unknown } | null)?.PolicyDocument;
  return typeof document === 'object' && document !== null ? [document] : [];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}
