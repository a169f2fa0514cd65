import { QUOTAS } from '../../aws-rules/limits/quotas';
import { callOf } from '../../aws-rules/template-intrinsics';
import { AwsError, Unsupported } from '../errors';
import type { Properties, ResourceType } from '../resource-type';
import { circles } from './graph';
import { isKnownFunction } from './intrinsics';
import { PARAMETER_TYPES } from './parameters';
import { references } from './references';
import type { ResourceDefinition, StackTemplate } from './template';

const SECTIONS =
  'AWSTemplateFormatVersion Description Metadata Parameters Mappings Conditions Rules Resources Outputs'.split(' ');
/** Sections that CloudFormation supports and the embedded AWS does not. */
const UNSUPPORTED_SECTIONS = ['Transform', 'Hooks'];
const ATTRIBUTES = 'Type Properties DependsOn Condition Metadata DeletionPolicy UpdateReplacePolicy UpdatePolicy'.split(
  ' ',
);
/** Resource attributes that CloudFormation supports and the embedded AWS does not. */
const UNSUPPORTED_ATTRIBUTES = ['CreationPolicy'];
const PARAMETER_MEMBERS = 'Type Default Description NoEcho AllowedValues AllowedPattern ConstraintDescription'.split(
  ' ',
);
const POLICIES = ['Delete', 'Retain', 'RetainExceptOnCreate'];

/**
 * Refuses a template before anything changes.
 *
 * @throws AwsError ValidationError with CloudFormation's text where CloudFormation would refuse it, too; Unsupported
 * naming at once every resource type, property, function and attribute that the embedded AWS does not support.
 */
export function checkTemplate(template: StackTemplate, types: ReadonlyMap<string, ResourceType>): void {
  checkShape(template);
  checkCounts(template);
  checkReferences(template);
  const circle = circles(dependencies(Object.values(template.resources), template));
  if (circle.length > 0) invalid(`Circular dependency between resources: [${circle.join(', ')}]`);
  const missing = [...new Set([...unsupportedSections(template), ...unsupportedResources(template, types)])];
  if (missing.length > 0) throw new Unsupported(missing.join('; '));
}

/**
 * @param conditions Evaluated conditions, so that only the branches taken count; without them every branch counts.
 * @returns The resources that each resource depends on: by reference, also in its UpdatePolicy, or by DependsOn.
 */
export function dependencies(
  resources: readonly ResourceDefinition[],
  template: StackTemplate,
  conditions?: Readonly<Record<string, boolean>>,
): ReadonlyMap<string, readonly string[]> {
  return new Map(
    resources.map((resource) => {
      const referenced = references([resource.properties, resource.updatePolicy], template.parameters, conditions);
      return [
        resource.logicalId,
        [...new Set([...resource.dependsOn, ...referenced.map(({ logicalId }) => logicalId)])],
      ];
    }),
  );
}

function invalid(message: string): never {
  throw new AwsError('ValidationError', message);
}

function checkShape(template: StackTemplate): void {
  const unknown = Object.keys(template.document).filter(
    (section) => !SECTIONS.includes(section) && !UNSUPPORTED_SECTIONS.includes(section),
  );
  if (unknown.length > 0) {
    invalid(`Invalid template property or properties [${unknown.join(', ')}]`);
  }
  if (Object.keys(template.resources).length === 0) {
    invalid('Template format error: At least one Resources member must be defined.');
  }
  const pathOfFirstNull =
    pathOfNull(template.document.Resources, '/Resources') ?? pathOfNull(template.document.Outputs, '/Outputs');
  if (pathOfFirstNull) invalid(`[${pathOfFirstNull}] 'null' values are not allowed in templates`);
  for (const [logicalId, definition] of Object.entries(template.document.Resources as Properties)) {
    const unknownAttributes = Object.keys(definition).filter(
      (attribute) => ![...ATTRIBUTES, ...UNSUPPORTED_ATTRIBUTES].includes(attribute),
    );
    if (unknownAttributes.length > 0) {
      invalid(`Invalid template resource property '${unknownAttributes.join("', '")}' of ${logicalId}`);
    }
  }
}

/** The text for resources is from serverless/serverless#2387, that for outputs from dougmoscrop/serverless-plugin-split-stacks#43. */
function checkCounts({ resources, outputs, parameters }: StackTemplate): void {
  const count = (section: Readonly<Record<string, unknown>>) => Object.keys(section).length;
  const { maximum } = QUOTAS.resources;
  if (count(resources) > maximum) {
    invalid(
      `Template format error: Number of resources, ${count(resources)}, is greater than maximum allowed, ${maximum}`,
    );
  }
  for (const [name, section, quota] of [
    ['Outputs', outputs, QUOTAS.outputs],
    ['Parameters', parameters, QUOTAS.parameters],
  ] as const) {
    if (count(section) > quota.maximum) {
      invalid(`Template format error: ${name} count ${count(section)} is greater than max allowed ${quota.maximum}`);
    }
  }
}

function checkReferences(template: StackTemplate): void {
  const { parameters, conditions } = template;
  const blocks: [string, unknown][] = [
    ['Resources', Object.values(template.resources).map((resource) => [resource.properties, resource.updatePolicy])],
    ['Outputs', Object.values(template.outputs).map((output) => [output.value, output.exportName])],
  ];
  for (const [block, value] of blocks) {
    const undefinedReferences = references(value, parameters).filter(
      (reference) => !Object.hasOwn(template.resources, reference.logicalId),
    );
    const attribute = undefinedReferences.find((reference) => reference.by === 'Fn::GetAtt');
    if (attribute) {
      invalid(`Template error: instance of Fn::GetAtt references undefined resource ${attribute.logicalId}`);
    }
    const absent = undefinedReferences.map((reference) => reference.logicalId);
    if (block === 'Resources') {
      const dependencies = Object.values(template.resources).flatMap((resource) => resource.dependsOn);
      absent.push(...dependencies.filter((logicalId) => !Object.hasOwn(template.resources, logicalId)));
    }
    if (absent.length > 0) throw unresolved(absent, block);
    const unknownCondition = Object.values(block === 'Resources' ? template.resources : template.outputs)
      .map((definition) => definition.condition)
      .find((name) => name !== undefined && !Object.hasOwn(conditions, name));
    if (unknownCondition) {
      invalid(
        `Template format error: Unresolved condition dependency ${unknownCondition} in the ${block} block of the template`,
      );
    }
  }
  const inConditions = references(Object.values(conditions), parameters).map((reference) => reference.logicalId);
  if (inConditions.length > 0) {
    invalid(
      `Template format error: Unresolved dependencies [${inConditions.join(', ')}]. Cannot reference resources in the Conditions block of the template`,
    );
  }
}

/** @returns CloudFormation's error for references to resources that do not exist. */
export function unresolved(logicalIds: readonly string[], block: string): AwsError {
  return new AwsError(
    'ValidationError',
    `Template format error: Unresolved resource dependencies [${[...new Set(logicalIds)].join(', ')}] in the ${block} block of the template`,
  );
}

function unsupportedSections(template: StackTemplate): readonly string[] {
  const sections = UNSUPPORTED_SECTIONS.filter((section) => Object.hasOwn(template.document, section));
  const parameters = Object.entries((template.document.Parameters ?? {}) as Properties).flatMap(
    ([name, definition]) => [
      ...(PARAMETER_TYPES.includes(definition.Type) ? [] : [`the type ${definition.Type} of parameter ${name}`]),
      ...Object.keys(definition)
        .filter((member) => !PARAMETER_MEMBERS.includes(member))
        .map((member) => `${member} of parameter ${name}`),
    ],
  );
  return [
    ...sections.map((section) => `the template section ${section}`),
    ...parameters,
    ...unknownFunctions(template.document),
  ];
}

function unsupportedResources(template: StackTemplate, types: ReadonlyMap<string, ResourceType>): readonly string[] {
  return Object.values(template.resources).flatMap((definition) => {
    const { logicalId } = definition;
    const type = types.get(definition.type);
    if (!type) return [`${definition.type} (${logicalId})`];
    const properties = Object.keys(definition.properties)
      .filter((name) => !type.accepts.includes(name))
      .map((name) => `${type.type} with ${name} (${logicalId})`);
    return [...properties, ...unsupportedAttributes(template, definition)];
  });
}

function unsupportedAttributes(template: StackTemplate, definition: ResourceDefinition): readonly string[] {
  const { logicalId, type, deletionPolicy, updateReplacePolicy, updatePolicy } = definition;
  const attributes = UNSUPPORTED_ATTRIBUTES.filter((attribute) =>
    Object.hasOwn(template.document.Resources[logicalId], attribute),
  );
  const updatePolicies = Object.keys(updatePolicy ?? {}).filter(
    (name) => name !== 'CodeDeployLambdaAliasUpdate' || type !== 'AWS::Lambda::Alias',
  );
  return [
    ...attributes.map((attribute) => `${attribute} (${logicalId})`),
    ...updatePolicies.map((name) => `UpdatePolicy ${name} of ${type} (${logicalId})`),
    ...(POLICIES.includes(deletionPolicy) ? [] : [`DeletionPolicy ${deletionPolicy} (${logicalId})`]),
    ...(POLICIES.includes(updateReplacePolicy) ? [] : [`UpdateReplacePolicy ${updateReplacePolicy} (${logicalId})`]),
  ];
}

function unknownFunctions(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const call = callOf(value);
  const inside = Object.values(value).flatMap(unknownFunctions);
  return call && !isKnownFunction(call.name) ? [call.name, ...inside] : inside;
}

function pathOfNull(value: unknown, path: string): string | undefined {
  if (value === null) return path;
  if (typeof value !== 'object') return undefined;
  for (const [key, member] of Object.entries(value ?? {})) {
    const found = pathOfNull(member, `${path}/${key}`);
    if (found) return found;
  }
  return undefined;
}
