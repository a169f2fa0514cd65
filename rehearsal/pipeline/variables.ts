/**
 * Thrown for a reference to a variable that no action has set. It is a mistake of the pipeline and fails the action.
 */
export class UnresolvedVariable extends Error {
  constructor(reference: string) {
    super(`no action of this execution has set the variable ${reference}`);
    this.name = 'UnresolvedVariable';
  }
}

/** The variables of an execution and of its actions, by namespace and name. */
export class Variables {
  readonly #values = new Map<string, string>();

  /** Sets variables. Existing variables of the same names are replaced. */
  set(namespace: string, values: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(values)) this.#values.set(`${namespace}.${name}`, value);
  }

  /**
   * Replaces `#{Namespace.Name}` (CodePipeline user guide, "Working with variables").
   *
   * @throws UnresolvedVariable when a variable is not set.
   */
  resolve(text: string): string {
    return text.replace(/#\{([^}]+)\}/g, (reference, name: string) => {
      const value = this.#values.get(name.trim());
      if (value === undefined) throw new UnresolvedVariable(reference);
      return value;
    });
  }
}
