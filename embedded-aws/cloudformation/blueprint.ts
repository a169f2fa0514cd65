import { AwsError } from '../errors';
import type { Physical, Properties } from '../resource-type';
import { type Evaluation, holds, type ParameterValue, resolve, resolveProperties } from './intrinsics';
import type { ResolvedParameters } from './parameters';
import type { OutputDefinition, ResourceDefinition, StackTemplate } from './template';
import { dependencies, unresolved } from './template-check';

/** An output of a stack. */
export interface StackOutput {
  readonly key: string;
  readonly value: string;
  readonly description: string | undefined;
  /** Name under which other stacks import it; undefined when it is not exported. */
  readonly exportName: string | undefined;
}

interface BlueprintProps {
  /** Template that `checkTemplate` has accepted. */
  readonly template: StackTemplate;
  readonly parameters: ResolvedParameters;
  /** Pseudo parameters by name, e.g. `AWS::Region`. */
  readonly pseudoParameters: Readonly<Record<string, ParameterValue>>;
  /** @throws AwsError ValidationError when no stack exports a value under that name. */
  readonly importValue: (name: string) => string;
}

/** Finds the resource that a reference names, see {@link Evaluation.resource}. */
export type ResourceLookup = (logicalId: string) => Physical;

/**
 * A template with values for its parameters: which resources it has, in which order they can be created, and their
 * properties.
 */
export class Blueprint {
  readonly template: StackTemplate;
  readonly parameters: ResolvedParameters;
  /** Resources whose condition holds, by logical id. */
  readonly resources: ReadonlyMap<string, ResourceDefinition>;
  /** Logical ids of the resources that must exist before each resource. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
  /** Names of the exports imported so far. */
  readonly imports = new Set<string>();
  readonly #evaluation: Omit<Evaluation, 'resource'>;

  /**
   * @throws AwsError ValidationError when a rule does not hold, or a reference names a resource whose condition does
   * not hold.
   */
  constructor({ template, parameters, pseudoParameters, importValue }: BlueprintProps) {
    this.template = template;
    this.parameters = parameters;
    const conditions: Record<string, boolean> = {};
    this.#evaluation = {
      parameters: { ...parameters.values, ...pseudoParameters },
      mappings: template.mappings,
      conditions,
      importValue: (name) => {
        const value = importValue(name);
        this.imports.add(name);
        return value;
      },
    };
    const condition = (name: string): boolean => {
      if (!Object.hasOwn(template.conditions, name)) {
        throw new AwsError('ValidationError', `Template error: unresolved condition dependency ${name}`);
      }
      conditions[name] ??= holds(template.conditions[name], this.#withoutResources(), condition);
      return conditions[name];
    };
    for (const name of Object.keys(template.conditions)) condition(name);
    this.#checkRules(condition);

    const exists = ({ condition: name }: { condition: string | undefined }) => name === undefined || conditions[name];
    const definitions = Object.values(template.resources).filter(exists);
    this.resources = new Map(definitions.map((definition) => [definition.logicalId, definition]));
    this.dependencies = dependencies(definitions, template, conditions);
    const absent = [...this.dependencies.values()].flat().filter((logicalId) => !this.resources.has(logicalId));
    if (absent.length > 0) throw unresolved(absent, 'Resources');
  }

  /** @throws NotYetKnown, AwsError ValidationError. */
  properties(logicalId: string, resource: ResourceLookup): Properties {
    return resolveProperties(this.resources.get(logicalId)!.properties, { ...this.#evaluation, resource });
  }

  /**
   * @returns The value of one property; undefined when it is `AWS::NoValue`.
   * @throws NotYetKnown, AwsError ValidationError.
   */
  property(logicalId: string, name: string, resource: ResourceLookup): unknown {
    const only = { [name]: this.resources.get(logicalId)!.properties[name] };
    return resolveProperties(only, { ...this.#evaluation, resource })[name];
  }

  /** @throws NotYetKnown, AwsError ValidationError. */
  updatePolicy(logicalId: string, resource: ResourceLookup): Properties | undefined {
    const policy = this.resources.get(logicalId)!.updatePolicy;
    return policy && resolveProperties(policy, { ...this.#evaluation, resource });
  }

  /** @throws NotYetKnown, AwsError ValidationError. */
  outputs(resource: ResourceLookup): readonly StackOutput[] {
    const evaluation = { ...this.#evaluation, resource };
    const exists = ([, { condition }]: [string, OutputDefinition]) =>
      condition === undefined || evaluation.conditions[condition];
    return Object.entries(this.template.outputs)
      .filter(exists)
      .map(([key, output]) => ({
        key,
        value: String(resolve(output.value, evaluation)),
        description: output.description,
        exportName: output.exportName === undefined ? undefined : String(resolve(output.exportName, evaluation)),
      }));
  }

  /** Evaluation for rules and conditions, which may refer to parameters only. */
  #withoutResources(): Evaluation {
    return {
      ...this.#evaluation,
      resource: (logicalId) => {
        throw new AwsError(
          'ValidationError',
          `Template format error: Unresolved dependencies [${logicalId}]. Cannot reference resources in the Conditions block of the template`,
        );
      },
    };
  }

  #checkRules(condition: (name: string) => boolean): void {
    for (const [name, rule] of Object.entries(this.template.rules)) {
      const applies =
        rule.ruleCondition === undefined || holds(rule.ruleCondition, this.#withoutResources(), condition);
      const broken = rule.assertions.filter(
        ({ assert }) => applies && !holds(assert, this.#withoutResources(), condition),
      );
      if (broken.length > 0) {
        const reasons = broken.map(({ description }) => description ?? 'Assertion failed').join(' ');
        throw new AwsError('ValidationError', `Template validation error: Rule ${name} failed: ${reasons}`);
      }
    }
  }
}
