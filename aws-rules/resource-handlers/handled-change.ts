import { isDeepStrictEqual } from 'node:util';
import { GENERATED_MARK, GENERATED_SUFFIX, generatedName, markedName } from './generated-name';
import type { HandledRole, ResourceChange } from './handler-call';

type Values = Record<string, unknown>;

interface NameRule {
  /** Length of the longest name that the service allows, in characters. */
  readonly longest: number;
  /**
   * Whether generated names are in lower case.
   *
   * @default false
   */
  readonly lowerCase?: boolean;
}

/** A resource change with the questions that the tables of calls ask about it. */
export class HandledChange {
  readonly operation: ResourceChange['operation'];
  readonly #change: ResourceChange;

  constructor(change: ResourceChange) {
    this.operation = change.operation;
    this.#change = change;
  }

  get type(): string {
    return this.#change.type;
  }

  get physicalId(): string | undefined {
    return this.#change.physicalId;
  }

  /** @returns The value of a property; `a.b` is a member of a property. */
  value(path: string): unknown {
    return read(this.#change.properties, path);
  }

  /** @returns The value before the update; undefined when there was none, or in any other operation. */
  previous(path: string): unknown {
    return read(this.#change.previous ?? {}, path);
  }

  /** @returns The value as text, `*` when it is not known. */
  text(path: string): string {
    return asText(this.value(path));
  }

  has(path: string): boolean {
    return this.value(path) !== undefined;
  }

  /** @returns Whether one of the properties gets another value; in a creation, whether one of them is set. */
  changes(...paths: readonly string[]): boolean {
    return paths.some((path) => !isDeepStrictEqual(this.value(path), this.previous(path)));
  }

  /** @returns Whether one of the properties is set to a new value. */
  sets(...paths: readonly string[]): boolean {
    return paths.some((path) => this.has(path) && this.changes(path));
  }

  /** @returns Whether an update removes one of the properties. */
  removes(...paths: readonly string[]): boolean {
    return paths.some((path) => !this.has(path) && this.previous(path) !== undefined);
  }

  /** @returns The properties that change. */
  get changed(): readonly string[] {
    const { properties, previous = {} } = this.#change;
    return [...new Set([...Object.keys(properties), ...Object.keys(previous)])].filter((name) => this.changes(name));
  }

  /** @returns The text values of a list, `*` for each that is not known. */
  texts(path: string): readonly string[] {
    return asList(this.value(path)).map(asText);
  }

  /** @returns The objects of a list. */
  items(path: string): readonly Values[] {
    return asList(this.value(path)).filter(isObject);
  }

  previousItems(path: string): readonly Values[] {
    return asList(this.previous(path)).filter(isObject);
  }

  /** @returns The text values that an update adds to a list; all of them in a creation. */
  added(path: string): readonly string[] {
    const before = asList(this.previous(path)).map(asText);
    return this.texts(path).filter((text) => !before.includes(text));
  }

  /** @returns The text values that an update removes from a list. */
  dropped(path: string): readonly string[] {
    const after = this.texts(path);
    return asList(this.previous(path))
      .map(asText)
      .filter((text) => !after.includes(text));
  }

  /**
   * @param property Property with the name.
   * @returns The name of the resource: its physical id, or what the properties give, or what CloudFormation generates, with
   * `X` for each random character or, as the change says, with marks.
   */
  name(property: string, rule: NameRule): string {
    const { physicalId, stackName, logicalId } = this.#change;
    if (physicalId !== undefined) return physicalId;
    if (this.has(property)) return this.text(property);
    const { longest } = rule;
    const name = this.#change.marksGenerated
      ? markedName({ stackName, logicalId, longest })
      : generatedName({ stackName, logicalId, longest, suffix: this.generated(GENERATED_SUFFIX) });
    return rule.lowerCase ? name.toLowerCase() : name;
  }

  /** @returns Characters that AWS generates. */
  generated(length: number): string {
    return this.#change.marksGenerated ? GENERATED_MARK : 'X'.repeat(length);
  }

  /** @returns `arn:partition:service:region:account:resource`. */
  arn(service: string, resource: string): string {
    const { partition, region, account } = this.#change.location;
    return `arn:${partition}:${service}:${region}:${account}:${resource}`;
  }

  /** @returns The ARN of a resource of a service that has no regions, such as IAM. */
  globalArn(service: string, resource: string): string {
    const { partition, account } = this.#change.location;
    return `arn:${partition}:${service}::${account}:${resource}`;
  }

  /** @returns The ARN of what a property names: by ARN, or by a name, which `resource` completes. */
  arnOf(path: string, service: string, resource: (name: string) => string): string {
    const text = this.text(path);
    return text.startsWith('arn:') ? text : this.arn(service, resource(text));
  }

  get location(): ResourceChange['location'] {
    return this.#change.location;
  }

  get updatePolicy(): Values {
    return this.#change.updatePolicy ?? {};
  }

  /**
   * @param property Property with the tags.
   * @returns The tags that a creation or update sets, those of the stack included in a creation.
   */
  newTags(property: string): Readonly<Record<string, string>> {
    const own = asTags(this.value(property));
    if (this.operation === 'create') return { ...this.#change.stackTags, ...own };
    const before = asTags(this.previous(property));
    return Object.fromEntries(Object.entries(own).filter(([key, value]) => before[key] !== value));
  }

  /** @returns The keys of the tags that an update removes. */
  removedTags(property: string): readonly string[] {
    const own = asTags(this.value(property));
    return Object.keys(asTags(this.previous(property))).filter((key) => !Object.hasOwn(own, key));
  }

  /** @returns A role that exists, by its name; undefined when it is not known. */
  roleOf(name: string): HandledRole | undefined {
    return this.#change.roleOf?.(name);
  }
}

/** @returns The value as text, `*` when it is not known because it is not text, e.g. an intrinsic function. */
export function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '*';
}

function asList(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads tags, which are a list of `Key` and `Value` or, for some types, an object. */
function asTags(value: unknown): Readonly<Record<string, string>> {
  if (Array.isArray(value)) {
    return Object.fromEntries(value.filter(isObject).map((tag) => [asText(tag.Key), asText(tag.Value)]));
  }
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, asText(text)]));
}

function read(values: Values, path: string): unknown {
  return path.split('.').reduce<unknown>((value, member) => (isObject(value) ? value[member] : undefined), values);
}
