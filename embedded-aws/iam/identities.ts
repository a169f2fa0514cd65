import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import type { Random } from '../random';
import { checkAttachedPolicies, checkInlinePolicies, checkManagedPolicy, checkTrustPolicy } from './limits';
import { checkWellFormed } from './malformed';

export interface RoleProps {
  readonly name: string;
  /** Policy document. */
  readonly trustPolicy: object;
  /** @default `/` */
  readonly path?: string;
  /** @default - None. */
  readonly description?: string;
  /**
   * Longest session of the role, in seconds.
   *
   * @default 3600
   */
  readonly maxSessionDuration?: number;
  /**
   * ARNs of attached policies.
   *
   * @default - None.
   */
  readonly managedPolicies?: readonly string[];
  /**
   * ARN of the policy that is the role's permissions boundary.
   *
   * @default - None.
   */
  readonly permissionsBoundary?: string | undefined;
}

export interface Role extends Required<Omit<RoleProps, 'description' | 'permissionsBoundary'>> {
  readonly description: string | undefined;
  readonly permissionsBoundary: string | undefined;
  readonly id: string;
  readonly arn: string;
  readonly createdAt: Date;
  /** Inline policy documents by name. */
  readonly inlinePolicies: Map<string, object>;
}

export interface ManagedPolicy {
  readonly arn: string;
  readonly name: string;
  /** Document of the default version. */
  readonly document: object;
  /** The versions that exist, oldest first; the last one is the default. */
  readonly versions: readonly ManagedPolicyVersion[];
}

export interface ManagedPolicyVersion {
  /** E.g. `v2`. */
  readonly id: string;
  readonly document: object;
  readonly createdAt: Date;
}

/** Versions of a managed policy that can exist (IAM user guide, "quotas"). CloudFormation deletes the oldest. */
const MOST_VERSIONS = 5;

interface IdentitiesProps {
  readonly accountId: string;
  readonly clock: VirtualClock;
  /** Stream for the ids of roles. */
  readonly ids: Random;
}

/** The roles and managed policies of an account. */
export class Identities {
  readonly accountId: string;
  readonly #roles = new Map<string, Role>();
  readonly #managedPolicies = new Map<string, ManagedPolicy>();
  readonly #clock: VirtualClock;
  readonly #ids: Random;

  constructor({ accountId, clock, ids }: IdentitiesProps) {
    this.accountId = accountId;
    this.#clock = clock;
    this.#ids = ids;
  }

  /** @throws AwsError EntityAlreadyExists, LimitExceeded, or MalformedPolicyDocument. */
  createRole(props: RoleProps): Role {
    if (this.#roles.has(props.name)) {
      throw new AwsError('EntityAlreadyExists', `Role with name ${props.name} already exists.`, 409);
    }
    this.#checkPolicies(props);
    const path = props.path ?? '/';
    const role: Role = {
      name: props.name,
      trustPolicy: props.trustPolicy,
      path,
      description: props.description,
      maxSessionDuration: props.maxSessionDuration ?? 3600,
      managedPolicies: props.managedPolicies ?? [],
      permissionsBoundary: props.permissionsBoundary,
      id: `AROA${this.#ids.text(17, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`,
      arn: `arn:aws:iam::${this.accountId}:role${path}${props.name}`,
      createdAt: this.#clock.date(),
      inlinePolicies: new Map(),
    };
    this.#roles.set(role.name, role);
    return role;
  }

  /**
   * Changes the members of a role that can change without replacing it.
   *
   * @throws AwsError NoSuchEntity, LimitExceeded, or MalformedPolicyDocument.
   */
  updateRole(name: string, change: Omit<RoleProps, 'name' | 'path'>): Role {
    const { id, arn, path, createdAt, inlinePolicies } = this.role(name);
    this.#checkPolicies(change);
    const role: Role = {
      name,
      trustPolicy: change.trustPolicy,
      path,
      description: change.description,
      maxSessionDuration: change.maxSessionDuration ?? 3600,
      managedPolicies: change.managedPolicies ?? [],
      permissionsBoundary: change.permissionsBoundary,
      id,
      arn,
      createdAt,
      inlinePolicies,
    };
    this.#roles.set(name, role);
    return role;
  }

  /**
   * Adds an inline policy to a role, or replaces the one of that name.
   *
   * @throws AwsError NoSuchEntity, LimitExceeded, or MalformedPolicyDocument.
   */
  putInlinePolicy(roleName: string, name: string, document: object): void {
    const { inlinePolicies } = this.role(roleName);
    checkWellFormed(document, 'inline');
    const others = [...inlinePolicies].filter(([other]) => other !== name).map(([, other]) => other);
    checkInlinePolicies(roleName, [...others, document]);
    inlinePolicies.set(name, document);
  }

  /** @throws AwsError NoSuchEntity, or DeleteConflict while the role has inline policies. */
  deleteRole(name: string): void {
    if (this.role(name).inlinePolicies.size > 0) {
      throw new AwsError('DeleteConflict', 'Cannot delete entity, must delete policies first.', 409);
    }
    this.#roles.delete(name);
  }

  /** @throws AwsError NoSuchEntity. */
  role(name: string): Role {
    const role = this.#roles.get(name);
    if (!role) throw new AwsError('NoSuchEntity', `The role with name ${name} cannot be found.`, 404);
    return role;
  }

  /** @returns The role; undefined when there is none of that name. */
  findRole(name: string): Role | undefined {
    return this.#roles.get(name);
  }

  /** @returns The role with that ARN; undefined when there is none. */
  roleByArn(arn: string): Role | undefined {
    const role = this.#roles.get(arn.slice(arn.lastIndexOf('/') + 1));
    return role?.arn === arn ? role : undefined;
  }

  /** @throws AwsError EntityAlreadyExists, LimitExceeded, or MalformedPolicyDocument. */
  createManagedPolicy(name: string, path: string, document: object): ManagedPolicy {
    const arn = `arn:aws:iam::${this.accountId}:policy${path}${name}`;
    if (this.#managedPolicies.has(arn)) {
      throw new AwsError(
        'EntityAlreadyExists',
        `A policy called ${name} already exists. Duplicate names are not allowed.`,
        409,
      );
    }
    checkWellFormed(document, 'managed');
    checkManagedPolicy(document);
    const policy = { arn, name, document, versions: [{ id: 'v1', document, createdAt: this.#clock.date() }] };
    this.#managedPolicies.set(arn, policy);
    return policy;
  }

  /**
   * Gives a managed policy a new version, which becomes the default.
   *
   * @throws AwsError NoSuchEntity, LimitExceeded, or MalformedPolicyDocument.
   */
  updateManagedPolicy(arn: string, document: object): void {
    const policy = this.managedPolicy(arn);
    checkWellFormed(document, 'managed');
    checkManagedPolicy(document);
    const id = `v${Number(policy.versions.at(-1)!.id.slice(1)) + 1}`;
    const versions = [...policy.versions, { id, document, createdAt: this.#clock.date() }].slice(-MOST_VERSIONS);
    this.#managedPolicies.set(arn, { ...policy, document, versions });
  }

  /** @throws AwsError NoSuchEntity, or DeleteConflict while a role has it, also as its boundary. */
  deleteManagedPolicy(arn: string): void {
    this.managedPolicy(arn);
    const has = (role: Role) => role.managedPolicies.includes(arn) || role.permissionsBoundary === arn;
    if ([...this.#roles.values()].some(has)) {
      throw new AwsError('DeleteConflict', 'Cannot delete a policy attached to entities.', 409);
    }
    this.#managedPolicies.delete(arn);
  }

  /** @throws AwsError NoSuchEntity. */
  managedPolicy(arn: string): ManagedPolicy {
    const policy = this.#managedPolicies.get(arn);
    if (!policy) throw new AwsError('NoSuchEntity', `Policy ${arn} does not exist or is not attachable.`, 404);
    return policy;
  }

  /**
   * Attaches a managed policy to a role, or detaches it.
   *
   * @throws AwsError NoSuchEntity, or LimitExceeded.
   */
  setAttached(arn: string, roleName: string, attached: boolean): void {
    const role = this.role(roleName);
    const otherPolicies = role.managedPolicies.filter((policy) => policy !== arn);
    const managedPolicies = attached ? [...otherPolicies, arn] : otherPolicies;
    checkAttachedPolicies(managedPolicies);
    this.#roles.set(roleName, { ...role, managedPolicies });
  }

  #checkPolicies({ trustPolicy, managedPolicies = [], permissionsBoundary }: Omit<RoleProps, 'name' | 'path'>): void {
    checkWellFormed(trustPolicy, 'trust');
    checkTrustPolicy(trustPolicy);
    checkAttachedPolicies(managedPolicies);
    const missing = managedPolicies.find((arn) => this.#isMissing(arn));
    if (missing) throw new AwsError('NoSuchEntity', `Policy ${missing} does not exist or is not attachable.`, 404);
    if (permissionsBoundary !== undefined && this.#isMissing(permissionsBoundary)) {
      const message = `Scope ARN: ${permissionsBoundary} does not exist or is not attachable.`;
      throw new AwsError('NoSuchEntity', message, 404);
    }
  }

  /** Of AWS's own policies, every ARN is taken for one that exists. */
  #isMissing(arn: string): boolean {
    return !arn.startsWith('arn:aws:iam::aws:policy/') && !this.#managedPolicies.has(arn);
  }
}
