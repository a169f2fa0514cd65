import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '../../embedded-aws/clock';
import type { StackResult } from '../../embedded-aws/cloudformation/cloudformation';
import type { StackRequest } from '../../embedded-aws/cloudformation/stack-request';
import type { Iam } from '../../embedded-aws/iam/iam';
import { Random } from '../../embedded-aws/random';
import type { Region } from '../../embedded-aws/region';
import type { Properties } from '../../embedded-aws/resource-type';
import type { SessionCredentials } from '../../embedded-aws/sts/credentials';
import { World } from '../../embedded-aws/world';

export const scope = { accountId: '111122223333', region: 'eu-central-1' };

/** An account in the embedded AWS, to which tests deploy stacks. */
export class PipelineWorld {
  readonly clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'));
  readonly #directory = mkdtempSync(join(tmpdir(), 'pipeline-world-'));
  readonly #world = new World({ clock: this.clock, random: new Random(1), directory: this.#directory });

  get region(): Region {
    return this.#world.region(scope);
  }

  /** IAM of the account. */
  get iam(): Iam {
    return this.#world.account(scope.accountId);
  }

  /** @returns Credentials of a role's session, named `tester`. */
  session(roleArn: string): SessionCredentials {
    return this.#world.sts.issue(roleArn, 'tester');
  }

  /** @returns The configuration of an SDK client. */
  async open() {
    await this.#world.open();
    const credentials = this.#world.visitor(scope.accountId);
    return { endpoint: this.#world.url, region: scope.region, credentials, maxAttempts: 1 };
  }

  deploy(resources: Properties, settings: Partial<StackRequest> = {}): Promise<StackResult> {
    const template = { body: JSON.stringify({ Resources: resources }) };
    const request = { stackName: 'app', template, capabilities: ['CAPABILITY_NAMED_IAM'], ...settings };
    return this.clock.spawn(() => this.clock.waitFor(this.region.cloudFormation.deploy(request)));
  }

  async close(): Promise<void> {
    await this.#world.close();
    rmSync(this.#directory, { recursive: true });
  }
}
