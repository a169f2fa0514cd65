import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import type { ServiceApi } from '../protocol/api';
import { jsonApi } from '../protocol/json';
import type { Scope } from '../scope';
import { parameterArn, SSM_ACCESS } from './access';

/** A parameter of type String. */
export interface Parameter {
  readonly name: string;
  readonly value: string;
  readonly version: number;
  readonly lastModified: Date;
}

interface SsmProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
}

/** Parameter store of AWS Systems Manager in one account and region; contract.md has its rules. */
export class Ssm {
  readonly api: ServiceApi;
  readonly #scope: Scope;
  readonly #clock: VirtualClock;
  readonly #parameters = new Map<string, Parameter>();

  constructor({ scope, clock }: SsmProps) {
    this.#scope = scope;
    this.#clock = clock;
    this.api = jsonApi({
      signingName: 'ssm',
      access: SSM_ACCESS,
      target: 'AmazonSSM',
      version: '1.1',
      operations: {
        GetParameter: {
          // Decryption changes nothing, because only a SecureString is encrypted.
          accepts: ['Name', 'WithDecryption'],
          run: ({ Name }) => {
            const parameter = this.get(Name);
            if (!parameter) throw new AwsError('ParameterNotFound', `${Name}`);
            return { Parameter: this.#describe(parameter) };
          },
        },
        GetParameters: {
          accepts: ['Names', 'WithDecryption'],
          run: ({ Names }: { Names?: string[] }) => ({
            Parameters: (Names ?? []).flatMap((name) => {
              const parameter = this.get(name);
              return parameter ? [this.#describe(parameter)] : [];
            }),
            InvalidParameters: (Names ?? []).filter((name) => !this.get(name)),
          }),
        },
      },
    });
  }

  /** Sets a parameter. Every call makes a new version. */
  put(name: string, value: string): void {
    const version = (this.#parameters.get(name)?.version ?? 0) + 1;
    this.#parameters.set(name, { name, value, version, lastModified: this.#clock.date() });
  }

  /** @returns The parameter; undefined when there is none with that name. */
  get(name: string): Parameter | undefined {
    return this.#parameters.get(name);
  }

  #describe({ name, value, version, lastModified }: Parameter): object {
    return {
      Name: name,
      Type: 'String',
      Value: value,
      Version: version,
      LastModifiedDate: lastModified,
      ARN: parameterArn(this.#scope, name),
      DataType: 'text',
    };
  }
}
