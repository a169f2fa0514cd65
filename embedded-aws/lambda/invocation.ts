/** A finished invocation of a function's code. */
export interface Invocation {
  /** Version number that ran, or `$LATEST`. */
  readonly executedVersion: string;
  /** JSON text that the handler returned, or the error object of a failure. */
  readonly payload: string;
  /**
   * How it failed.
   *
   * @default - The handler returned.
   */
  readonly functionError?: 'Unhandled';
  /** Duration in virtual milliseconds, including initialisation when it was cold. */
  readonly duration: number;
}

/** Lambda, as other services invoke it. */
export interface FunctionInvoker {
  /**
   * Runs a function's code and records its metrics and logs at the current virtual instant. No virtual time passes
   * meanwhile; the caller lets `duration` pass.
   *
   * @param functionName Name or ARN, with or without qualifier.
   * @param qualifier Version or alias; that of the name when absent, else `$LATEST`.
   * @throws AwsError ResourceNotFoundException.
   */
  invoke(functionName: string, payload: string, qualifier?: string): Promise<Invocation>;
}

/** Versions behind an alias and their weights. */
export interface AliasState {
  /** Version that gets the rest of the traffic. */
  readonly functionVersion: string;
  /** Weight (0 to 1) by additional version; empty when all traffic goes to `functionVersion`. */
  readonly weights: Readonly<Record<string, number>>;
}

/** Lambda, as CodeDeploy uses it. */
export interface AliasControl extends FunctionInvoker {
  /** @throws AwsError ResourceNotFoundException. */
  getAlias(functionName: string, alias: string): AliasState;
  /**
   * @throws AwsError InvalidParameterValueException for what Lambda refuses: `$LATEST`, the same version twice,
   *   versions with different execution roles or dead-letter targets, a weight outside of 0 to 1.
   */
  setAlias(functionName: string, alias: string, state: AliasState): void;
}
