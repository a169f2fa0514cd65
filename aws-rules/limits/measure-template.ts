import { conditionalValues } from '../conditional-values';
import { inlinePolicies } from './inline-policies';
import { type Excess, environmentSize, excess, inlinePoliciesLength, policyLength, templateSize } from './measure';
import { LIMITED_PROPERTIES } from './named-properties';
import type { QuotaId } from './quotas';
import { type MeasurableResource, type MeasurableTemplate, type StackLocation, TemplateText } from './template-text';

/** A value of a template that is above its quota. */
export interface TemplateExcess extends Excess {
  /** Path in the template, e.g. `Resources.HelloRole.Properties.RoleName`, or `template` for the whole. */
  readonly path: string;
  /** The value, resolved. @default - it is not text, or too long to be shown */
  readonly value?: string;
}

interface MeasureTemplateProps {
  readonly template: MeasurableTemplate;
  /** The template as it is sent to CloudFormation. */
  readonly text: string;
  readonly stack: StackLocation;
  /** The quota of its size, which depends on the way to CloudFormation. @default 'template' - by S3 */
  readonly size?: QuotaId;
}

/**
 * Measures a template: its size, its parts, and of its resources the names, descriptions, policies and environment variables.
 * Names that CloudFormation generates are never too long, so only those that the template contains are measured.
 *
 * @returns Every excess, in the order of the template.
 */
export function measureTemplate({ template, text, stack, size = 'template' }: MeasureTemplateProps): TemplateExcess[] {
  const values = new TemplateText(template, stack);
  const counts = (quota: QuotaId, path: 'Resources' | 'Outputs' | 'Parameters') =>
    at(path, excess(quota, Object.keys(template[path] ?? {}).length));
  return [
    ...at('template', excess(size, templateSize(text))),
    ...at('Description', excess('templateDescription', Buffer.byteLength(String(template.Description ?? '')))),
    ...counts('resources', 'Resources'),
    ...counts('outputs', 'Outputs'),
    ...counts('parameters', 'Parameters'),
    ...Object.entries(template.Resources).flatMap(([id, resource]) => [
      ...limitedProperties(id, resource, values),
      ...(MEASURES[resource.Type]?.(id, resource, values, template) ?? []),
    ]),
  ];
}

type Measure = (
  id: string,
  resource: MeasurableResource,
  values: TemplateText,
  template: MeasurableTemplate,
) => TemplateExcess[];

const MEASURES: Readonly<Record<string, Measure>> = {
  'AWS::CodePipeline::Pipeline': measurePipeline,
  'AWS::IAM::ManagedPolicy': (id, { Properties = {} }, values) =>
    at(`Resources.${id}.Properties.PolicyDocument`, policyExcess('managedPolicy', Properties.PolicyDocument, values)),
  'AWS::IAM::Role': measureRole,
  'AWS::Lambda::Function': measureEnvironment,
};

function measurePipeline(id: string, { Properties = {} }: MeasurableResource): TemplateExcess[] {
  const path = `Resources.${id}.Properties.Stages`;
  const actions = listOf(Properties.Stages).map(
    (stage) => listOf((stage as { Actions?: unknown } | null)?.Actions).length,
  );
  return [
    ...at(path, excess('pipelineStages', actions.length)),
    ...at(
      path,
      excess(
        'pipelineActions',
        actions.reduce((sum, count) => sum + count, 0),
      ),
    ),
    ...actions.flatMap((count, index) => at(`${path}[${index}].Actions`, excess('stageActions', count))),
  ];
}

function measureRole(
  id: string,
  { Properties = {} }: MeasurableResource,
  values: TemplateText,
  template: MeasurableTemplate,
): TemplateExcess[] {
  const path = `Resources.${id}.Properties`;
  const lengths = inlinePolicies(id, template).map((documents) =>
    inlinePoliciesLength(documents.map((each) => values.resolved(each))),
  );
  const attached = conditionalValues(Properties.ManagedPolicyArns).map((arns) => listOf(arns).length);
  return [
    ...at(`${path}.AssumeRolePolicyDocument`, policyExcess('trustPolicy', Properties.AssumeRolePolicyDocument, values)),
    ...at(`${path}.Policies`, excess('inlinePolicies', Math.max(...lengths))),
    ...at(`${path}.ManagedPolicyArns`, excess('attachedPolicies', Math.max(...attached))),
  ];
}

function policyExcess(quota: QuotaId, document: unknown, values: TemplateText): readonly Excess[] {
  return document === undefined || document === null ? [] : excess(quota, policyLength(values.resolved(document)));
}

function measureEnvironment(
  id: string,
  { Properties = {} }: MeasurableResource,
  values: TemplateText,
): TemplateExcess[] {
  const { Variables } = (Properties.Environment ?? {}) as { readonly Variables?: Record<string, unknown> | null };
  const known = Object.entries(Variables ?? {}).map(([name, value]) => [name, values.text(value) ?? ''] as const);
  return at(
    `Resources.${id}.Properties.Environment.Variables`,
    excess('environmentVariables', environmentSize(Object.fromEntries(known))),
  );
}

function limitedProperties(
  id: string,
  { Type, Properties = {} }: MeasurableResource,
  values: TemplateText,
): TemplateExcess[] {
  return (LIMITED_PROPERTIES[Type] ?? []).flatMap(({ property, quota }) => {
    const value = values.text(Properties[property]);
    if (value === undefined) return [];
    return at(`Resources.${id}.Properties.${property}`, excess(quota, value.length)).map((each) => ({
      ...each,
      value,
    }));
  });
}

function at(path: string, found: readonly Excess[]): TemplateExcess[] {
  return found.map((each) => ({ ...each, path }));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}
