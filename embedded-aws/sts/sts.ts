import type { AccessControl, ServicePrincipal } from '../access/access-control';
import { AwsError } from '../errors';
import type { Identities, Role } from '../iam/identities';
import type { ServiceApi } from '../protocol/api';
import type { Random } from '../random';
import type { Caller } from '../scope';
import { stsApi } from './api';
import type { Credentials, SessionCredentials } from './credentials';

interface StsProps {
  /** @returns The IAM of an account; undefined when there is no such account. */
  readonly iam: (accountId: string) => Identities | undefined;
  readonly random: Random;
  /** Decides who may assume a role. */
  readonly access: Pick<AccessControl, 'checkTrust'>;
  /**
   * Real time.
   *
   * @default - The machine's clock.
   */
  readonly wallClock?: () => Date;
}

interface Identity {
  readonly accountId: string;
  readonly arn: string;
  /** User id: for a role, its id and the session's name; for the root user, the account id. */
  readonly userId: string;
}

/** Characters of AWS's ids. */
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** Characters of secrets and tokens. */
const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Lifetime of issued credentials in milliseconds of real time: longer than any use of the embedded AWS. */
const CREDENTIALS_LIFETIME = 12 * 3_600_000;
/** Shortest session of a role, in seconds (STS API reference, AssumeRole). */
const SHORTEST_SESSION = 900;
/** Longest session of a role that another role assumes, in seconds (STS API reference, AssumeRole). */
const LONGEST_CHAINED_SESSION = 3600;

/** AWS STS, one for all accounts and regions; contract.md has its rules. */
export class Sts {
  readonly api: ServiceApi;
  readonly #identities = new Map<string, Identity>();
  readonly #iam: StsProps['iam'];
  readonly #random: Random;
  readonly #access: StsProps['access'];
  readonly #wallClock: () => Date;

  constructor({ iam, random, access, wallClock = () => new Date() }: StsProps) {
    this.#iam = iam;
    this.#access = access;
    this.#random = random;
    this.#wallClock = wallClock;
    this.api = stsApi(this);
  }

  /** @returns Long-term keys of an account's root user. */
  root(accountId: string): Credentials {
    return this.#longTerm({ accountId, arn: `arn:aws:iam::${accountId}:root`, userId: accountId });
  }

  /** @returns Long-term keys of a user. */
  user(accountId: string, name: string): Credentials {
    const userId = `AIDA${this.#random.text(17, BASE32)}`;
    return this.#longTerm({ accountId, arn: `arn:aws:iam::${accountId}:user/${name}`, userId });
  }

  /**
   * Issues credentials of a role without checking its trust policy, which the caller has done.
   *
   * They expire in real time, not in virtual time: SDKs compare `Expiration` with the machine's clock, and would fetch
   * new credentials before every call if it were in the past. Virtual hours pass in real seconds.
   *
   * @throws AwsError AccessDenied when there is no such role.
   */
  issue(roleArn: string, sessionName: string): SessionCredentials {
    const role = this.#role(roleArn);
    const accountId = accountOf(roleArn);
    const credentials = this.#credentials('ASIA');
    this.#identities.set(credentials.accessKeyId, {
      accountId,
      arn: `arn:aws:sts::${accountId}:assumed-role/${role.name}/${sessionName}`,
      userId: `${role.id}:${sessionName}`,
    });
    return {
      ...credentials,
      sessionToken: this.#random.text(200, ALPHANUMERIC),
      expiration: new Date(this.#wallClock().getTime() + CREDENTIALS_LIFETIME),
    };
  }

  /**
   * Issues credentials of a role to a caller that the role trusts.
   *
   * @param caller A signed caller, or an AWS service.
   * @param duration Duration of the session in seconds; STS's default, when undefined.
   * @throws AwsError AccessDenied when there is no such role or it does not trust the caller; ValidationError for a
   * duration that STS does not allow.
   */
  assumeRole(
    caller: Caller | ServicePrincipal,
    roleArn: string,
    sessionName: string,
    duration?: number,
  ): SessionCredentials {
    const denial = this.#access.checkTrust(caller, roleArn, { 'sts:RoleSessionName': sessionName });
    if (denial) throw new AwsError('AccessDenied', denial.message, 403);
    const isChained = 'arn' in caller && caller.arn.includes(':assumed-role/');
    if (duration !== undefined) checkDuration(duration, this.#role(roleArn), isChained);
    return this.issue(roleArn, sessionName);
  }

  /**
   * @returns The identity of an access key.
   * @throws AwsError InvalidClientTokenId when the key was not issued here.
   */
  authenticate(accessKeyId: string, region: string): Caller {
    const identity = this.#identities.get(accessKeyId);
    if (!identity) {
      throw new AwsError('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
    }
    return { accountId: identity.accountId, arn: identity.arn, region };
  }

  /** @returns The user id in GetCallerIdentity's response. */
  userId({ arn }: Caller): string | undefined {
    return [...this.#identities.values()].find((identity) => identity.arn === arn)?.userId;
  }

  #role(roleArn: string): Role {
    const role = this.#iam(accountOf(roleArn))?.roleByArn(roleArn);
    if (!role) throw new AwsError('AccessDenied', `the role ${roleArn} does not exist`, 403);
    return role;
  }

  #longTerm(identity: Identity): Credentials {
    const credentials = this.#credentials('AKIA');
    this.#identities.set(credentials.accessKeyId, identity);
    return credentials;
  }

  #credentials(prefix: string) {
    return {
      accessKeyId: `${prefix}${this.#random.text(16, BASE32)}`,
      secretAccessKey: this.#random.text(40, ALPHANUMERIC),
    };
  }
}

function checkDuration(duration: number, role: Role, chained: boolean): void {
  if (duration < SHORTEST_SESSION) {
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value '${duration}' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to ${SHORTEST_SESSION}`,
    );
  }
  if (chained && duration > LONGEST_CHAINED_SESSION) {
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  if (duration > role.maxSessionDuration) {
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  }
}

/** @returns The account id in an ARN, or an empty string. */
function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}
