/** Properties of an `AWS::CloudWatch::Alarm`, in which `Ref`, `Fn::Sub` and `Fn::GetAtt` name what {@link ModelledService} has. */
export type AlarmProperties = Readonly<Record<string, unknown>>;

export interface ConfiguredAlarm {
  /** as a reader of the comparison shall know it, unique in its configuration */
  readonly name: string;
  /** whether CodeDeploy watches it */
  readonly attached: boolean;
  readonly properties: AlarmProperties;
}

/**
 * `none`: there are none; `empty`: functions that report success and do nothing else; `checks`: those of this repository's
 * service, which ask what its checks say.
 */
export type Hooks = 'none' | 'empty' | 'checks';

/** One way to release a function, to be compared with others. */
export interface Configuration {
  /** as it is given on the command line */
  readonly name: string;
  /** whose it is and what it is, in a line */
  readonly line: string;
  /** a preset of CodeDeploy, e.g. `Canary10Percent5Minutes` */
  readonly deploymentType: string;
  readonly alarms: readonly ConfiguredAlarm[];
  readonly hooks: Hooks;
}
