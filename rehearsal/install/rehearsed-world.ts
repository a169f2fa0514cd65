import { VirtualClock } from '../../embedded-aws/clock';
import { Random } from '../../embedded-aws/random';
import { World, type WorldProps } from '../../embedded-aws/world';
import { FaultSwitch } from '../faults/fault-switch';
import { CredentialsEndpoint } from '../pipeline/codebuild/credentials';
import type { Scratch } from '../scratch/scratch';

/** Virtual time at which the world begins. It is fixed so that the same seed gives the same instants. */
const BEGINNING = new Date('2026-03-02T08:00:00Z');

export interface RehearsedWorldProps {
  /** A whole number. */
  readonly seed: number;
  /** Has the directory for what the embedded AWS keeps on disk. */
  readonly scratch: Scratch;
  /** Called with a sentence about anything that runs differently than on AWS, and about each request that is denied. */
  readonly onNotice: (text: string) => void;
  /**
   * Called with every request to the embedded AWS.
   *
   * @default - Not called.
   */
  readonly onCall?: WorldProps['onCall'];
}

/**
 * An embedded AWS with a clock, into which pipelines are installed. Pipelines of several repositories can share it, as they
 * share accounts and regions on AWS.
 *
 * Builds run in real time, during which the releases of other pipelines make virtual time pass. So the outcome of releases
 * that run at the same time does not depend on the machine, but their instants do.
 */
export class RehearsedWorld {
  readonly clock = new VirtualClock(BEGINNING);
  readonly aws: World;
  /** Gives builds the credentials of their role. */
  readonly credentials: CredentialsEndpoint;
  /** A fault affects the functions of all pipelines. */
  readonly faults: FaultSwitch;

  private constructor({ seed, onNotice, onCall }: RehearsedWorldProps, directory: string) {
    const { clock } = this;
    const random = new Random(seed);
    this.faults = new FaultSwitch({ random: random.stream('faults'), now: () => clock.now() });
    this.aws = new World({
      clock,
      random: random.stream('aws'),
      directory,
      interference: this.faults.interfere,
      onNotice,
      onCall,
      onDenied: ({ message }) => onNotice(`denied: ${message}`),
    });
    this.credentials = new CredentialsEndpoint(({ roleArn, projectArn }) =>
      this.aws.sts.assumeRole({ service: 'codebuild.amazonaws.com', sourceArn: projectArn }, roleArn, 'AWSCodeBuild'),
    );
  }

  static async open(props: RehearsedWorldProps): Promise<RehearsedWorld> {
    const opened = new RehearsedWorld(props, await props.scratch.directory('aws'));
    await Promise.all([opened.aws.open(), opened.credentials.listen()]);
    return opened;
  }

  async close(): Promise<void> {
    await Promise.all([this.credentials.close(), this.aws.close()]);
  }
}
