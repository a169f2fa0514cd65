/** The parts of buildspec.yml that the pipeline relies on. All others are passed on unchanged. */
export interface BuildSpecFile {
  readonly version: 0.2;
  readonly phases: {
    /** Selects the Node version and installs the packages. A Deploy runs the same phase. */
    readonly install: Phase;
  } & Readonly<Record<string, Phase>>;
  /** The cache in which a Deploy finds the packages that Build has installed. */
  readonly cache?: Readonly<Record<string, unknown>>;
}

interface Phase {
  readonly 'runtime-versions'?: Readonly<Record<string, unknown>>;
  readonly commands?: readonly string[];
}
