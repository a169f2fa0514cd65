import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '../../embedded-aws/clock';
import type { StackResult } from '../../embedded-aws/cloudformation/cloudformation';
import { Random } from '../../embedded-aws/random';
import type { Region } from '../../embedded-aws/region';
import type { Properties } from '../../embedded-aws/resource-type';
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

  /** @returns The configuration of an SDK client. */
  async open() {
    await this.#world.open();
    const credentials = this.#world.visitor(scope.accountId);
    return { endpoint: this.#world.url, region: scope.region, credentials, maxAttempts: 1 };
  }

  deploy(resources: Properties): Promise<StackResult> {
    const template = { body: JSON.stringify({ Resources: resources }) };
    const request = { stackName: 'app', template, capabilities: ['CAPABILITY_NAMED_IAM'] };
    return this.clock.spawn(() => this.clock.waitFor(this.region.cloudFormation.deploy(request)));
  }

  async close(): Promise<void> {
    await this.#world.close();
    rmSync(this.#directory, { recursive: true });
  }
}
