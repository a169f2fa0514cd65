import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import type { Random } from '../random';
import type { ResourceType } from '../resource-type';
import { arn, type Scope } from '../scope';

export interface CodeConnectionsProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
}

/** A connection takes CloudFormation about two seconds (inferred). In milliseconds. */
const CONNECTION_TAKES = 2_000;

/** Connections to where sources are kept, which nobody ever completes. It keeps to contract.md. */
export class CodeConnections {
  readonly resourceTypes: readonly ResourceType[];
  /** ARNs by the connection's name. */
  readonly #connections = new Map<string, string>();

  constructor({ scope, clock, random }: CodeConnectionsProps) {
    const physical = (connectionArn: string) => ({
      id: connectionArn,
      attributes: { ConnectionArn: connectionArn, ConnectionStatus: 'PENDING', OwnerAccountId: scope.accountId },
    });
    this.resourceTypes = [
      {
        type: 'AWS::CodeConnections::Connection',
        accepts: ['ConnectionName', 'ProviderType', 'Tags'],
        replacedBy: ['ConnectionName', 'ProviderType'],
        create: async ({ ConnectionName: name }) => {
          await clock.sleep(CONNECTION_TAKES);
          if (this.#connections.has(name)) {
            throw new AwsError('ResourceAlreadyExistsException', `A connection named ${name} already exists`);
          }
          const connectionArn = arn('codeconnections', scope, `connection/${random.uuid()}`);
          this.#connections.set(name, connectionArn);
          return physical(connectionArn);
        },
        update: async (connectionArn) => {
          await clock.sleep(CONNECTION_TAKES);
          return physical(connectionArn);
        },
        delete: async (_arn, { ConnectionName: name }) => {
          await clock.sleep(CONNECTION_TAKES);
          this.#connections.delete(name);
        },
      },
    ];
  }
}
