/** A part of an input that a rehearsal does not support. */
export interface RefusedPart {
  /** Path of the part in the input, e.g. `phases.build.run-as`. */
  readonly path: string;
  /**
   * The value at that path.
   *
   * @default - a value is missing there
   */
  readonly value?: unknown;
  /** What to do, or what is allowed instead. */
  readonly remedy: string;
}

/** Thrown when a rehearsal does not support an input, with all its unsupported parts. */
export class Refusal extends Error {
  /** @param subject Name of the input, e.g. `the pipeline in cdk.out/PipelineStack.template.json`. */
  constructor(
    readonly subject: string,
    readonly problems: readonly RefusedPart[],
  ) {
    super([`cannot rehearse ${subject}:`, ...problems.map(line)].join('\n'));
    this.name = 'Refusal';
  }
}

function line({ path, value, remedy }: RefusedPart): string {
  const found = value === undefined ? '' : ` is ${abbreviate(JSON.stringify(value))}`;
  return `  ${path || '(top)'}${found}: ${remedy}`;
}

function abbreviate(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 99)}…`;
}
