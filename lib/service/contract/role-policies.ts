import { conditionalValues } from '../../../aws-rules/conditional-values';
import { inlinePolicies, namesRole } from '../../../aws-rules/limits/inline-policies';
import { callOf } from '../../../aws-rules/template-intrinsics';
import type { PackagedService, PackagedTemplateFile } from './packaged-service';
import { propertyPath, resourcesOf } from './resources-of';

/** The documents of policies that one place of the template gives a role. */
interface GivenPolicies {
  /** Path in the packaged template. */
  readonly path: string;
  readonly documents: readonly object[];
}

/** The policies of a role of the template. */
interface RolePolicies {
  /** Its inline policies, and the managed policies of the template that are attached to it. */
  readonly given: readonly GivenPolicies[];
  /** Values of `ManagedPolicyArns` that are not a policy of the template. */
  readonly attached: readonly unknown[];
}

/** @returns The policies of a role, whichever conditions of the template hold. */
export function rolePolicies(roleId: string, { template }: Pick<PackagedService, 'template'>): RolePolicies {
  const attached = conditionalValues(template.Resources[roleId]?.Properties.ManagedPolicyArns).flatMap(listOf);
  const managed = resourcesOf(template, 'AWS::IAM::ManagedPolicy').filter(
    ([id, { Properties }]) => namesRole(Properties, roleId) || attached.some((value) => refersTo(value, id)),
  );
  return {
    given: [
      { path: propertyPath(roleId, 'Policies'), documents: inlinePolicies(roleId, template).flat() },
      ...managed.map(([id, { Properties }]) => ({
        path: propertyPath(id, 'PolicyDocument'),
        documents: conditionalValues(Properties.PolicyDocument).filter(isObject),
      })),
    ],
    attached: attached.filter((value) => !isPolicyOf(template, value)),
  };
}

function refersTo(value: unknown, id: string): boolean {
  const call = callOf(value);
  return call?.name === 'Ref' && call.argument === id;
}

function isPolicyOf(template: PackagedTemplateFile, value: unknown): boolean {
  return resourcesOf(template, 'AWS::IAM::ManagedPolicy').some(([id]) => refersTo(value, id));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}
