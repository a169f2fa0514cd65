import { callOf } from '../../aws-rules/template-intrinsics';
import { AwsError, Unsupported } from '../errors';
import type { Properties, ResourceType } from '../resource-type';
import { circles } from './graph';
import { isKnownFunction } from './intrinsics';
import { PARAMETER_TYPES } from './parameters';
import { references } from './references';
import type { ResourceDefinition, Template } from './template';

const SECTIONS =
  'AWSTemplateFormatVersion Description Metadata Parameters Mappings Conditions Rules Resources Outputs'.split(' ');
/** The sections and attributes that CloudFormation has and this endpoint has not. */
const OTHER_SECTIONS = ['Transform', 'Hooks'];
const ATTRIBUTES = 'Type Properties DependsOn Condition Metadata DeletionPolicy UpdateReplacePolicy UpdatePolicy'.split(
  ' ',
);
const OTHER_ATTRIBUTES = ['CreationPolicy'];
const PARAMETER_MEMBERS = 'Type Default Description NoEcho AllowedValues AllowedPattern ConstraintDescription'.split(
  ' ',
);
const POLICIES = ['Delete', 'Retain', 'RetainExceptOnCreate'];

/**
 * Refuses a template before anything changes.
 *
 * @throws AwsError ValidationError where CloudFormation would refuse it too, with its text; Unsupported naming at once
 * every resource type, property, function and attribute that CloudFormation has and this endpoint has not
 */
export function checkTemplate(template: Template, types: ReadonlyMap<string, ResourceType>): void {
  checkShape(template);
  checkReferences(template);
  const circle = circles(dependencies(Object.values(template.resources), template));
  if (circle.length > 0) invalid(`Circular dependency between resources: [${circle.join(', ')}]`);
  const missing = [...new Set([...unsupportedSections(template), ...unsupportedResources(template, types)])];
  if (missing.length > 0) throw new Unsupported(missing.join('; '));
}

/**
 * @param conditions evaluated ones, @default every branch of `Fn::If` counts
 * @returns what each resource needs before itself: by reference, from its UpdatePolicy too, or by DependsOn
 */
export function dependencies(
  resources: readonly ResourceDefinition[],
  template: Template,
  conditions?: Readonly<Record<string, boolean>>,
): ReadonlyMap<string, readonly string[]> {
  return new Map(
    resources.map((each) => {
      const referenced = references([each.properties, each.updatePolicy], template.parameters, conditions);
      return [each.logicalId, [...new Set([...each.dependsOn, ...referenced.map(({ logicalId }) => logicalId)])]];
    }),
  );
}

function invalid(message: string): never {
  throw new AwsError('ValidationError', message);
}

function checkShape(template: Template): void {
  const unknown = Object.keys(template.document).filter(
    (section) => !SECTIONS.includes(section) && !OTHER_SECTIONS.includes(section),
  );
  if (unknown.length > 0) {
    invalid(`Invalid template property or properties [${unknown.join(', ')}]`);
  }
  if (Object.keys(template.resources).length === 0) {
    invalid('Template format error: At least one Resources member must be defined.');
  }
  const nothing =
    pathOfNull(template.document.Resources, '/Resources') ?? pathOfNull(template.document.Outputs, '/Outputs');
  if (nothing) invalid(`[${nothing}] 'null' values are not allowed in templates`);
  for (const [logicalId, definition] of Object.entries(template.document.Resources as Properties)) {
    const odd = Object.keys(definition).filter((each) => ![...ATTRIBUTES, ...OTHER_ATTRIBUTES].includes(each));
    if (odd.length > 0) {
      invalid(`Invalid template resource property '${odd.join("', '")}' of ${logicalId}`);
    }
  }
}

function checkReferences(template: Template): void {
  const { parameters, conditions } = template;
  const blocks: [string, unknown][] = [
    ['Resources', Object.values(template.resources).map((each) => [each.properties, each.updatePolicy])],
    ['Outputs', Object.values(template.outputs).map((each) => [each.value, each.exportName])],
  ];
  for (const [block, value] of blocks) {
    const undefinedOnes = references(value, parameters).filter(
      (each) => !Object.hasOwn(template.resources, each.logicalId),
    );
    const attribute = undefinedOnes.find((each) => each.by === 'Fn::GetAtt');
    if (attribute) {
      invalid(`Template error: instance of Fn::GetAtt references undefined resource ${attribute.logicalId}`);
    }
    const absent = undefinedOnes.map((each) => each.logicalId);
    if (block === 'Resources') {
      const dependencies = Object.values(template.resources).flatMap((each) => each.dependsOn);
      absent.push(...dependencies.filter((each) => !Object.hasOwn(template.resources, each)));
    }
    if (absent.length > 0) throw unresolved(absent, block);
    const unknownCondition = Object.values(block === 'Resources' ? template.resources : template.outputs)
      .map((each) => each.condition)
      .find((name) => name !== undefined && !Object.hasOwn(conditions, name));
    if (unknownCondition) {
      invalid(
        `Template format error: Unresolved condition dependency ${unknownCondition} in the ${block} block of the template`,
      );
    }
  }
  const inConditions = references(Object.values(conditions), parameters).map((each) => each.logicalId);
  if (inConditions.length > 0) {
    invalid(
      `Template format error: Unresolved dependencies [${inConditions.join(', ')}]. Cannot reference resources in the Conditions block of the template`,
    );
  }
}

/** @returns CloudFormation's error for references to what is not there */
export function unresolved(logicalIds: readonly string[], block: string): AwsError {
  return new AwsError(
    'ValidationError',
    `Template format error: Unresolved resource dependencies [${[...new Set(logicalIds)].join(', ')}] in the ${block} block of the template`,
  );
}

function unsupportedSections(template: Template): readonly string[] {
  const sections = OTHER_SECTIONS.filter((section) => Object.hasOwn(template.document, section));
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

function unsupportedResources(template: Template, types: ReadonlyMap<string, ResourceType>): readonly string[] {
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

function unsupportedAttributes(template: Template, definition: ResourceDefinition): readonly string[] {
  const { logicalId, type, deletionPolicy, updateReplacePolicy, updatePolicy } = definition;
  const attributes = OTHER_ATTRIBUTES.filter((each) => Object.hasOwn(template.document.Resources[logicalId], each));
  const updatePolicies = Object.keys(updatePolicy ?? {}).filter(
    (each) => each !== 'CodeDeployLambdaAliasUpdate' || type !== 'AWS::Lambda::Alias',
  );
  return [
    ...attributes.map((each) => `${each} (${logicalId})`),
    ...updatePolicies.map((each) => `UpdatePolicy ${each} of ${type} (${logicalId})`),
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
  for (const [key, each] of Object.entries(value ?? {})) {
    const found = pathOfNull(each, `${path}/${key}`);
    if (found) return found;
  }
  return undefined;
}
