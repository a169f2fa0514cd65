import { type CollectionTag, parse as parseYaml, type ScalarTag } from 'yaml';
import { AwsError } from '../errors';
import type { Properties } from '../resource-type';

export type DeletionPolicy = 'Delete' | 'Retain' | 'RetainExceptOnCreate';

export interface ResourceDefinition {
  readonly logicalId: string;
  readonly type: string;
  /** Properties as in the template, intrinsic functions unresolved. */
  readonly properties: Properties;
  readonly dependsOn: readonly string[];
  /** Name of the condition under which the resource exists; undefined for always. */
  readonly condition: string | undefined;
  readonly deletionPolicy: DeletionPolicy;
  readonly updateReplacePolicy: DeletionPolicy;
  readonly updatePolicy: Properties | undefined;
}

export interface ParameterDefinition {
  readonly type: string;
  readonly default: string | undefined;
  readonly description: string | undefined;
  readonly noEcho: boolean;
  readonly allowedValues: readonly string[] | undefined;
  readonly allowedPattern: string | undefined;
  readonly constraintDescription: string | undefined;
}

export interface OutputDefinition {
  readonly value: unknown;
  readonly description: string | undefined;
  /** Name of the export, with intrinsic functions unresolved; undefined when it is not exported. */
  readonly exportName: unknown;
  readonly condition: string | undefined;
}

interface RuleDefinition {
  readonly ruleCondition: unknown;
  readonly assertions: readonly { readonly assert: unknown; readonly description: string | undefined }[];
}

/** A CloudFormation template, parsed and completed with defaults; `checkTemplate` checks what is supported. */
export interface StackTemplate {
  /** Text of the template. */
  readonly body: string;
  readonly description: string | undefined;
  readonly parameters: Readonly<Record<string, ParameterDefinition>>;
  readonly mappings: Readonly<Record<string, Record<string, Record<string, unknown>>>>;
  readonly conditions: Readonly<Record<string, unknown>>;
  readonly rules: Readonly<Record<string, RuleDefinition>>;
  readonly resources: Readonly<Record<string, ResourceDefinition>>;
  readonly outputs: Readonly<Record<string, OutputDefinition>>;
  /** The whole document, for checks of parts that are not read. */
  readonly document: Properties;
}

/** @throws AwsError ValidationError when the text is not a template. */
export function parseTemplate(body: string): StackTemplate {
  const document = parseDocument(body);
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new AwsError('ValidationError', 'Template format error: unsupported structure.');
  }
  const section = <T>(name: string, read: (definition: Properties, key: string) => T): Record<string, T> =>
    Object.fromEntries(
      Object.entries(document[name] ?? {}).map(([key, value]) => [key, read(value as Properties, key)]),
    );
  return {
    body,
    document,
    description: document.Description,
    parameters: section('Parameters', readParameter),
    mappings: document.Mappings ?? {},
    conditions: document.Conditions ?? {},
    rules: section('Rules', readRule),
    resources: section('Resources', readResource),
    outputs: section('Outputs', readOutput),
  };
}

function readResource(definition: Properties, logicalId: string): ResourceDefinition {
  if (typeof definition?.Type !== 'string') {
    throw new AwsError(
      'ValidationError',
      `Template format error: [/Resources/${logicalId}] Every Resources object must contain a Type member.`,
    );
  }
  return {
    logicalId,
    type: definition.Type,
    properties: definition.Properties ?? {},
    dependsOn: [definition.DependsOn ?? []].flat(),
    condition: definition.Condition,
    deletionPolicy: definition.DeletionPolicy ?? 'Delete',
    updateReplacePolicy: definition.UpdateReplacePolicy ?? 'Delete',
    updatePolicy: definition.UpdatePolicy,
  };
}

function readParameter(definition: Properties): ParameterDefinition {
  return {
    type: definition.Type,
    default: definition.Default === undefined ? undefined : String(definition.Default),
    description: definition.Description,
    noEcho: String(definition.NoEcho ?? false) === 'true',
    allowedValues: definition.AllowedValues?.map(String),
    allowedPattern: definition.AllowedPattern,
    constraintDescription: definition.ConstraintDescription,
  };
}

function readOutput(definition: Properties): OutputDefinition {
  return {
    value: definition.Value,
    description: definition.Description,
    exportName: definition.Export?.Name,
    condition: definition.Condition,
  };
}

function readRule(definition: Properties): RuleDefinition {
  return {
    ruleCondition: definition.RuleCondition,
    assertions: (definition.Assertions ?? []).map((assertion: Properties) => ({
      assert: assertion.Assert,
      description: assertion.AssertDescription,
    })),
  };
}

function parseDocument(body: string): Properties {
  try {
    if (body.trimStart().startsWith('{')) return JSON.parse(body);
    return parseYaml(body, { customTags: SHORT_FORMS, schema: 'core', logLevel: 'error' });
  } catch (error) {
    throw new AwsError('ValidationError', `Template format error: ${(error as Error).message}`);
  }
}

/**
 * Short forms in YAML: `!Sub x` is `{ Fn::Sub: x }`, where x is a scalar, a list or a map; Ref and Condition have no
 * `Fn::`.
 */
const SHORT_FORMS: (ScalarTag | CollectionTag)[] = [
  'And Base64 Equals FindInMap GetAtt If ImportValue Join Not Or Select Split Sub Ref Condition'.split(' '),
]
  .flat()
  .flatMap((name) => {
    const wrap = (argument: unknown) => ({ [name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`]: argument });
    return [
      { tag: `!${name}`, resolve: wrap } as ScalarTag,
      ...(['seq', 'map'] as const).map(
        (collection) =>
          ({
            tag: `!${name}`,
            collection,
            resolve: (node) => wrap(node.toJSON()),
          }) as CollectionTag,
      ),
    ];
  });
