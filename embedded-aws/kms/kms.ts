import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import type { Random } from '../random';
import type { ResourceType } from '../resource-type';
import { arn, type Scope } from '../scope';

export interface KmsProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
}

/**
 * CloudFormation waits for a key to be known everywhere, about two minutes, not so for an alias (inferred). In
 * milliseconds.
 */
const KEY_TAKES = 120_000;
const REST_TAKES = 2_000;

/** The ids of AWS KMS's keys and the names of their aliases; nothing is encrypted. It keeps to contract.md. */
export class Kms {
  readonly resourceTypes: readonly ResourceType[];
  readonly #scope: Scope;
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #keys = new Set<string>();
  readonly #aliases = new Set<string>();

  constructor({ scope, clock, random }: KmsProps) {
    this.#scope = scope;
    this.#clock = clock;
    this.#random = random;
    this.resourceTypes = [this.#keyType(), this.#aliasType()];
  }

  #keyType(): ResourceType {
    const physical = (id: string) => ({ id, attributes: { Arn: arn('kms', this.#scope, `key/${id}`), KeyId: id } });
    return {
      type: 'AWS::KMS::Key',
      accepts: [
        'Description',
        'EnableKeyRotation',
        'Enabled',
        'KeyPolicy',
        'PendingWindowInDays',
        'RotationPeriodInDays',
        'Tags',
      ],
      replacedBy: [],
      create: async () => {
        await this.#clock.sleep(KEY_TAKES);
        const id = this.#random.uuid();
        this.#keys.add(id);
        return physical(id);
      },
      update: async (id) => {
        await this.#clock.sleep(REST_TAKES);
        return physical(id);
      },
      // On AWS a key waits for its deletion, in which it cannot be used either.
      delete: async (id) => {
        await this.#clock.sleep(REST_TAKES);
        this.#keys.delete(id);
      },
    };
  }

  #aliasType(): ResourceType {
    return {
      type: 'AWS::KMS::Alias',
      accepts: ['AliasName', 'TargetKeyId'],
      replacedBy: ['AliasName'],
      create: async ({ AliasName: name, TargetKeyId: key }) => {
        await this.#clock.sleep(REST_TAKES);
        if (!/^alias\/(?!aws\/)[A-Za-z0-9/_-]+$/.test(name)) {
          throw new AwsError('InvalidAliasNameException', `${name} is no name for an alias; it begins with alias/`);
        }
        if (this.#aliases.has(name)) {
          const aliasArn = arn('kms', this.#scope, name);
          throw new AwsError('AlreadyExistsException', `An alias with the name ${aliasArn} already exists`);
        }
        this.#requireKey(key);
        this.#aliases.add(name);
        return { id: name, attributes: {} };
      },
      update: async (name, { TargetKeyId: key }) => {
        await this.#clock.sleep(REST_TAKES);
        this.#requireKey(key);
        return { id: name, attributes: {} };
      },
      delete: async (name) => {
        await this.#clock.sleep(REST_TAKES);
        this.#aliases.delete(name);
      },
    };
  }

  /**
   * @param key An id or an ARN.
   * @throws AwsError NotFoundException.
   */
  #requireKey(key: string): void {
    if (this.#keys.has(key.split('/').at(-1)!)) return;
    throw new AwsError('NotFoundException', `Key '${key}' does not exist`);
  }
}
