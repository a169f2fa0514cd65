import { join } from 'node:path';
import { AccessControl, type Denial, type ResourcePolicy } from './access/access-control';
import type { VirtualClock } from './clock';
import { Endpoint, type EndpointProps } from './endpoint';
import { Iam } from './iam/iam';
import type { Interference } from './lambda/effect';
import type { Random } from './random';
import { Region } from './region';
import { BucketStore } from './s3/bucket-store';
import type { Scope } from './scope';
import type { Credentials } from './sts/credentials';
import { Sts } from './sts/sts';

export interface WorldProps {
  readonly clock: VirtualClock;
  readonly random: Random;
  /** Empty directory for what services keep on disk. */
  readonly directory: string;
  /**
   * Effects of a fault on functions.
   *
   * @default - None.
   */
  readonly interference?: Interference | undefined;
  /**
   * Called with a sentence about anything that runs differently than on AWS.
   *
   * @default - Not called.
   */
  readonly onNotice?: (notice: string) => void;
  /**
   * Called with every request, in the order of arrival.
   *
   * @default - Not called.
   */
  readonly onCall?: EndpointProps['onCall'] | undefined;
  /**
   * Called with each different request that a policy denied, once.
   *
   * @default - Not called.
   */
  readonly onDenied?: ((denial: Denial) => void) | undefined;
}

/** The embedded AWS: accounts and regions, made when they are first used, behind one endpoint. */
export class World {
  /** Decides about every call and about what services do by themselves. */
  readonly access: AccessControl;
  readonly sts: Sts;
  /** Buckets of all accounts and regions. */
  readonly buckets = new BucketStore();
  readonly #endpoint: Endpoint;
  readonly #accounts = new Map<string, Iam>();
  readonly #regions = new Map<string, Region>();
  readonly #props: WorldProps;

  constructor(props: WorldProps) {
    this.#props = props;
    const iam = (accountId: string) => this.#accounts.get(accountId);
    this.access = new AccessControl({
      iam,
      resourcePolicy: (resourceArn) => this.#resourcePolicy(resourceArn),
      ...(props.onDenied && { onDenied: props.onDenied }),
      ...(props.onNotice && { onNotice: props.onNotice }),
    });
    this.sts = new Sts({ iam, random: props.random.stream('sts'), access: this.access });
    this.#endpoint = new Endpoint({
      service: (signingName, caller) => this.region(caller).api(signingName),
      authenticate: (accessKeyId, region) => this.sts.authenticate(accessKeyId, region),
      authorize: (caller, need) => this.access.check(caller, need)?.message,
      date: () => props.clock.date(),
      ...(props.onCall ? { onCall: props.onCall } : {}),
    });
  }

  /** Starts to accept requests. */
  async open(): Promise<void> {
    await this.#endpoint.listen();
  }

  /** Value for AWS_ENDPOINT_URL. */
  get url(): string {
    return this.#endpoint.url;
  }

  /** @returns The IAM of an account. */
  account(accountId: string): Iam {
    const { clock, random } = this.#props;
    return getOrMake(
      this.#accounts,
      accountId,
      () => new Iam({ accountId, clock, random: random.stream(`iam/${accountId}`) }),
    );
  }

  /** @returns The services of an account in a region. */
  region({ accountId, region }: Scope): Region {
    const { clock, random, directory, onNotice = () => {} } = this.#props;
    return getOrMake(
      this.#regions,
      `${accountId}/${region}`,
      () =>
        new Region({
          scope: { accountId, region },
          clock,
          random: random.stream(`${accountId}/${region}`),
          directory: join(directory, accountId, region),
          endpointUrl: () => this.url,
          buckets: this.buckets,
          iam: this.account(accountId),
          sts: this.sts,
          access: this.access,
          neighbour: (other) => this.region(other),
          interference: this.#props.interference,
          onNotice,
        }),
    );
  }

  /** @returns The regions that were used, in the order of their first use. */
  regions(): readonly Region[] {
    return [...this.#regions.values()];
  }

  /** @returns Long-term keys of a user with whom a person can inspect an account. */
  visitor(accountId: string): Credentials {
    this.account(accountId);
    return this.sts.user(accountId, 'visitor');
  }

  #resourcePolicy(resourceArn: string): ResourcePolicy | undefined {
    const [, , service = '', region = '', accountId = ''] = resourceArn.split(':');
    if (service === 's3') return this.buckets.policyOf(resourceArn);
    return this.#regions.get(`${accountId}/${region}`)?.resourcePolicy(service, resourceArn);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#regions.values()].map((region) => region.close()));
    await this.#endpoint.close();
  }
}

function getOrMake<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}
