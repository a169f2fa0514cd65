/** One observation, or many equal ones. */
export interface MetricDatum {
  /** e.g. `AWS/Lambda`. */
  readonly namespace: string;
  /** e.g. `Errors`. */
  readonly name: string;
  /** Dimension values by name; every combination is a metric of its own, nothing is added up over dimensions. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /**
   * e.g. `Count`, `Milliseconds`.
   *
   * @default None
   */
  readonly unit?: string;
}

/** Where services put their metrics. */
export interface MetricSink {
  record(datum: MetricDatum): void;
}
