import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import type { Random } from '../random';
import type { ResourceType } from '../resource-type';
import { arn, type Scope } from '../scope';

interface KmsProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
}

/**
 * Time that CloudFormation takes to create a key, in virtual milliseconds: it waits until the key is known everywhere
 * (inferred).
 */
const KEY_CREATION = 120_000;
/** Time that CloudFormation takes for any other operation, in virtual milliseconds (inferred). */
const OTHER_OPERATION = 2_000;

/**
 * AWS KMS in one account and region, with the ids of its keys and the names of their aliases only: nothing is
 * encrypted. contract.md has its rules.
 */
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
        await this.#clock.sleep(KEY_CREATION);
        const id = this.#random.uuid();
        this.#keys.add(id);
        return physical(id);
      },
      update: async (id) => {
        await this.#clock.sleep(OTHER_OPERATION);
        return physical(id);
      },
      // On AWS a deleted key cannot be used either, while its deletion is pending.
      delete: async (id) => {
        await this.#clock.sleep(OTHER_OPERATION);
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
        await this.#clock.sleep(OTHER_OPERATION);
        if (!/^alias\/(?!aws\/)[A-Za-z0-9/_-]+$/.test(name)) {
          throw new AwsError(
            'InvalidAliasNameException',
            `the alias name '${name}' is not valid; begin it with alias/, but not with alias/aws/`,
          );
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
        await this.#clock.sleep(OTHER_OPERATION);
        this.#requireKey(key);
        return { id: name, attributes: {} };
      },
      delete: async (name) => {
        await this.#clock.sleep(OTHER_OPERATION);
        this.#aliases.delete(name);
      },
    };
  }

  /**
   * @param key Id or ARN of a key.
   * @throws AwsError NotFoundException when there is no such key.
   */
  #requireKey(key: string): void {
    if (this.#keys.has(key.split('/').at(-1)!)) return;
    throw new AwsError('NotFoundException', `Key '${key}' does not exist`);
  }
}
