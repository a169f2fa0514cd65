import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import type { Random } from '../random';
import type { ResourceType } from '../resource-type';
import { arn, type Scope } from '../scope';

interface CodeConnectionsProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
}

/** Time that CloudFormation takes for a connection, in virtual milliseconds (inferred). */
const PROVISIONING = 2_000;

/**
 * AWS CodeConnections in one account and region. Its connections stay PENDING, because no source is fetched through
 * them. contract.md has its rules.
 */
export class CodeConnections {
  readonly resourceTypes: readonly ResourceType[];
  /** ARNs by the name of the connection. */
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
          await clock.sleep(PROVISIONING);
          if (this.#connections.has(name)) {
            throw new AwsError('ResourceAlreadyExistsException', `A connection named ${name} already exists`);
          }
          const connectionArn = arn('codeconnections', scope, `connection/${random.uuid()}`);
          this.#connections.set(name, connectionArn);
          return physical(connectionArn);
        },
        update: async (connectionArn) => {
          await clock.sleep(PROVISIONING);
          return physical(connectionArn);
        },
        delete: async (_arn, { ConnectionName: name }) => {
          await clock.sleep(PROVISIONING);
          this.#connections.delete(name);
        },
      },
    ];
  }
}
