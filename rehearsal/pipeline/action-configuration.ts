import type { TemplateActionContext } from './template-action';

/** An action's configuration, of which every key must be read: what nobody reads would silently not happen. */
export class ActionConfiguration {
  readonly #read = new Set<string>();

  readonly #values: Readonly<Record<string, unknown>>;
  readonly #context: TemplateActionContext;

  constructor(
    values: Readonly<Record<string, unknown>>,
    readonly path: string,
    context: TemplateActionContext,
  ) {
    this.#values = values;
    this.#context = context;
  }

  raw(key: string): unknown {
    this.#read.add(key);
    return this.#values[key];
  }

  optional(key: string): string | undefined {
    return this.#context.intrinsics.optional(this.raw(key), `${this.path}.${key}`);
  }

  text(key: string): string {
    const value = this.optional(key);
    if (value === undefined) this.refuse(key, undefined, 'is required');
    return value ?? '';
  }

  refuse(key: string, value: unknown, remedy: string): void {
    this.#context.problems.push({ path: `${this.path}.${key}`, value, remedy });
  }

  /** Notes a problem for each key that was not read. */
  done(): void {
    for (const [key, value] of Object.entries(this.#values)) {
      if (!this.#read.has(key)) this.refuse(key, value, 'a rehearsal does not support this setting');
    }
  }
}
