/** An observation of a metric. */
export interface MetricDatum {
  /** Namespace, e.g. `AWS/Lambda`. */
  readonly namespace: string;
  /** Name of the metric, e.g. `Errors`. */
  readonly name: string;
  /** Dimension values by name. Every combination is a separate metric; nothing is summed over dimensions. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /**
   * Unit, e.g. `Count` or `Milliseconds`.
   *
   * @default "None"
   */
  readonly unit?: string;
}

/** Receiver of services' metrics. */
export interface MetricSink {
  record(datum: MetricDatum): void;
}
