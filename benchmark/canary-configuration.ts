/** Properties of an `AWS::CloudWatch::Alarm` whose `Ref`, `Fn::Sub` and `Fn::GetAtt` name resources of the model. */
export type AlarmProperties = Readonly<Record<string, unknown>>;

export interface ConfiguredAlarm {
  /** Name in the comparison's tables, unique in its configuration. */
  readonly name: string;
  /** Whether CodeDeploy watches it. */
  readonly attached: boolean;
  readonly properties: AlarmProperties;
}

/**
 * Hooks of a configuration. `none`: no hooks; `empty`: functions that report success and check nothing; `checks`: those of
 * canary-guard, with this repository's kind of checks.
 */
export type Hooks = 'none' | 'empty' | 'checks';

/** One way to release a function by CodeDeploy, to be compared with others. */
export interface CanaryConfiguration {
  /** Name on the command line and in the tables. */
  readonly name: string;
  /** Description of one line. */
  readonly line: string;
  /** Where it comes from, in Markdown. */
  readonly source: string;
  /** Preset of CodeDeploy, e.g. `Canary10Percent5Minutes`. */
  readonly deploymentType: string;
  readonly alarms: readonly ConfiguredAlarm[];
  readonly hooks: Hooks;
}
