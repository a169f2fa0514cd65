/** One thing that a rehearsal cannot do as it is asked. */
export interface RefusedPart {
  /** where it stands, e.g. `phases.build.run-as` */
  readonly path: string;
  /** what stands there; undefined where something is missing */
  readonly value?: unknown;
  /** what to do about it, or what is allowed instead */
  readonly remedy: string;
}

/** The refusal of an input, with everything that is wrong with it at once. */
export class Refusal extends Error {
  /** @param subject names the input, e.g. `the pipeline in cdk.out/PipelineStack.template.json` */
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
