/** What the pipeline relies on in buildspec.yml; the rest of it is passed on as it is. */
export interface BuildSpecFile {
  readonly version: 0.2;
  readonly phases: {
    /** Chooses the Node and installs the packages; a Deploy does the same. */
    readonly install: Phase;
  } & Readonly<Record<string, Phase>>;
  /** A Deploy finds there what Build installed. */
  readonly cache?: Readonly<Record<string, unknown>>;
}

interface Phase {
  readonly 'runtime-versions'?: Readonly<Record<string, unknown>>;
  readonly commands?: readonly string[];
}
