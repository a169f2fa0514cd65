import type { Intrinsics, SynthesisedTemplate } from './intrinsics';
import type { RefusedPart } from './refusal';

/** Everything that is needed to read an action of a template. */
export interface TemplateActionContext {
  readonly stage: string;
  /** Path of the action in the template. */
  readonly path: string;
  /** Region of the pipeline. */
  readonly region: string;
  readonly template: SynthesisedTemplate;
  readonly intrinsics: Intrinsics;
  /** Receives what a rehearsal does not support, so that all of it is reported at once. */
  readonly problems: RefusedPart[];
}

/** The configuration of an action. Every key must be read, because a key that is not read would have no effect. */
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

  /** @returns The value as it is in the template. */
  raw(key: string): unknown {
    this.#read.add(key);
    return this.#values[key];
  }

  /** @returns The value as text. Undefined if there is none. */
  optional(key: string): string | undefined {
    return this.#context.intrinsics.optional(this.raw(key), `${this.path}.${key}`);
  }

  /** @returns The value as text. Without a value, a problem is noted. */
  text(key: string): string {
    const value = this.optional(key);
    if (value === undefined) this.refuse(key, undefined, 'is required');
    return value ?? '';
  }

  /** Notes a problem with a key. */
  refuse(key: string, value: unknown, remedy: string): void {
    this.#context.problems.push({ path: `${this.path}.${key}`, value, remedy });
  }

  /** Notes a problem for each key that was not read. To be called last. */
  done(): void {
    for (const [key, value] of Object.entries(this.#values)) {
      if (!this.#read.has(key)) this.refuse(key, value, 'not supported by a rehearsal; remove the setting');
    }
  }
}
