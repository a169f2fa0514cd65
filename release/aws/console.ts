/** Consoles by the beginning of the region's name; the isolated partitions' are not public. */
const hosts: readonly (readonly [RegExp, ((region: string) => string) | undefined])[] = [
  [/^cn-/, (region) => `${region}.console.amazonaws.cn`],
  [/^us-gov-/, (region) => `${region}.console.amazonaws-us-gov.com`],
  [/-iso/, undefined],
  [/^eusc-/, undefined],
  [/./, (region) => `${region}.console.aws.amazon.com`],
];

/** Where people look at what a release touched. Every address is undefined where the region's console is not known, or none. */
export class Console {
  readonly #origin: string | undefined;

  /** @param region undefined where there is no console, as with an endpoint that is not AWS */
  constructor(private readonly region: string | undefined) {
    const host = region && hosts.find(([pattern]) => pattern.test(region))?.[1]?.(region);
    this.#origin = host && `https://${host}`;
  }

  deployment(deploymentId: string): string | undefined {
    return this.#at(`/codesuite/codedeploy/deployments/${deploymentId}?region=${this.region}`);
  }

  /** @param stack its id, or its name where the id is not known */
  stack(stack: string): string | undefined {
    const id = encodeURIComponent(stack);
    return this.#at(`/cloudformation/home?region=${this.region}#/stacks/events?stackId=${id}`);
  }

  /** @param execution the pipeline execution's id */
  execution(pipeline: string, execution: string): string | undefined {
    return this.#at(
      `/codesuite/codepipeline/pipelines/${pipeline}/executions/${execution}/timeline?region=${this.region}`,
    );
  }

  alarm(name: string): string | undefined {
    return this.#at(`/cloudwatch/home?region=${this.region}#alarmsV2:alarm/${encodeURIComponent(name)}`);
  }

  #at(path: string): string | undefined {
    return this.#origin && `${this.#origin}${path}`;
  }
}
