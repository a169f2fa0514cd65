/**
 * A shift that CloudFormation requests from CodeDeploy: an alias under a `CodeDeployLambdaAliasUpdate` policy gets
 * another version.
 */
export interface AliasShift {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  readonly functionName: string;
  readonly alias: string;
  readonly currentVersion: string;
  readonly targetVersion: string;
  /**
   * Name of the function to run before traffic shifts.
   *
   * @default - None.
   */
  readonly beforeAllowTrafficHook?: string;
  /**
   * Name of the function to run after traffic has shifted.
   *
   * @default - None.
   */
  readonly afterAllowTrafficHook?: string;
  /** ARN of the stack that requests the shift; the deployment's `externalId`. */
  readonly stackId: string;
}

/** CodeDeploy, as Lambda's alias resource type uses it. */
export interface AliasShifter {
  /**
   * Shifts the traffic of an alias. Resolves when the deployment has ended, including its rollback. Runs in the calling
   * task.
   *
   * @param note Receives the status reasons that CloudFormation adds to the alias's stack events meanwhile.
   * @throws AwsError with CloudFormation's reason when the deployment did not succeed.
   */
  shiftAlias(shift: AliasShift, note: (reason: string) => void): Promise<void>;
}
