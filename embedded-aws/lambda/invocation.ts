/** What became of one invocation of a function's code. */
export interface Invocation {
  /** The published version that ran, or `$LATEST`. */
  readonly executedVersion: string;
  /** JSON text that the handler returned, or the error object that Lambda made of a failure. */
  readonly payload: string;
  /**
   * How it failed.
   *
   * @default - It did not: the handler returned.
   */
  readonly functionError?: 'Unhandled';
  /** Virtual milliseconds that the invocation took, initialisation included when it was cold. */
  readonly duration: number;
}

/** The part of Lambda that other services call. */
export interface FunctionInvoker {
  /**
   * Runs a function's code for real and records its metrics and logs at the current virtual instant. No virtual time
   * passes meanwhile: `duration` says how much the caller may let pass.
   *
   * @param functionName Name or ARN, with or without qualifier.
   * @param qualifier Version or alias.
   * @default - What the name carries, else `$LATEST`.
   * @throws AwsError ResourceNotFoundException.
   */
  invoke(functionName: string, payload: string, qualifier?: string): Promise<Invocation>;
}

/** A weighted alias, as CodeDeploy reads and moves it. */
export interface AliasState {
  /** The version that gets the rest of the traffic. */
  readonly functionVersion: string;
  /** Share of traffic (0 to 1) by additional version; empty when all goes to `functionVersion`. */
  readonly weights: Readonly<Record<string, number>>;
}

/** The part of Lambda that CodeDeploy needs. */
export interface AliasControl extends FunctionInvoker {
  /** @throws AwsError ResourceNotFoundException. */
  getAlias(functionName: string, alias: string): AliasState;
  /**
   * @throws AwsError InvalidParameterValueException when Lambda would refuse: `$LATEST`, the same version twice,
   *   versions with different execution roles or dead-letter targets, a weight outside 0 to 1.
   */
  setAlias(functionName: string, alias: string, state: AliasState): void;
}
