/**
 * Host of the console by the prefix of the region's name; undefined for isolated partitions, whose hosts are not
 * public.
 */
const HOSTS: readonly (readonly [RegExp, ((region: string) => string) | undefined])[] = [
  [/^cn-/, (region) => `${region}.console.amazonaws.cn`],
  [/^us-gov-/, (region) => `${region}.console.amazonaws-us-gov.com`],
  [/-iso/, undefined],
  [/^eusc-/, undefined],
  [/./, (region) => `${region}.console.aws.amazon.com`],
];

/** Addresses in the AWS console. Every one is undefined where the region's console is not known or does not exist. */
export class Console {
  readonly #region: string | undefined;
  readonly #origin: string | undefined;

  /** @param region Undefined where there is no console, as with a custom endpoint. */
  constructor(region: string | undefined) {
    const host = region && HOSTS.find(([pattern]) => pattern.test(region))?.[1]?.(region);
    this.#region = region;
    this.#origin = host && `https://${host}`;
  }

  deployment(deploymentId: string): string | undefined {
    return this.#at(`/codesuite/codedeploy/deployments/${deploymentId}?region=${this.#region}`);
  }

  /** @param stack Id of the stack, or its name when the id is not known. */
  stack(stack: string): string | undefined {
    const id = encodeURIComponent(stack);
    return this.#at(`/cloudformation/home?region=${this.#region}#/stacks/events?stackId=${id}`);
  }

  /** @param execution Id of the pipeline execution. */
  execution(pipeline: string, execution: string): string | undefined {
    return this.#at(
      `/codesuite/codepipeline/pipelines/${pipeline}/executions/${execution}/timeline?region=${this.#region}`,
    );
  }

  alarm(name: string): string | undefined {
    return this.#at(`/cloudwatch/home?region=${this.#region}#alarmsV2:alarm/${encodeURIComponent(name)}`);
  }

  #at(path: string): string | undefined {
    return this.#origin && `${this.#origin}${path}`;
  }
}
