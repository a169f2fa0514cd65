/** A reference to a variable that nothing has set: the pipeline's mistake, which fails the action. */
export class UnresolvedVariable extends Error {
  constructor(reference: string) {
    super(`no action of this execution has set the variable ${reference}`);
    this.name = 'UnresolvedVariable';
  }
}

/** What actions and the execution itself offer to later actions, by namespace and name. */
export class Variables {
  readonly #values = new Map<string, string>();

  /** @param values replace those of the same names */
  set(namespace: string, values: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(values)) this.#values.set(`${namespace}.${name}`, value);
  }

  /**
   * Replaces `#{Namespace.Name}` (CodePipeline user guide, "Working with variables").
   *
   * @throws UnresolvedVariable
   */
  resolve(text: string): string {
    return text.replace(/#\{([^}]+)\}/g, (reference, name: string) => {
      const value = this.#values.get(name.trim());
      if (value === undefined) throw new UnresolvedVariable(reference);
      return value;
    });
  }
}
