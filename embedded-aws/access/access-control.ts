import { denialMessage } from '../../aws-rules/access/denial';
import {
  type AccessDecision,
  type AccessQuery,
  evaluateAccess,
  type NamedPolicy,
} from '../../aws-rules/access/evaluate';
import { type AccessPrincipal, principalName } from '../../aws-rules/access/principal';
import { Unsupported } from '../errors';
import type { Identities } from '../iam/identities';
import { AccessRecord } from './access-record';
import { MANAGED_POLICIES } from './managed-policies';
import type { AccessNeed, ConditionKeys } from './need';
import { documentsOf, type RolePolicies, readPolicy, readRolePolicies } from './role-policies';

/** A request that was denied. */
export interface Denial {
  /** ARN of the caller, or name of the service. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** AWS's message. */
  readonly message: string;
}

/** A service that acts for a resource. */
export interface ServicePrincipal {
  /** E.g. `events.amazonaws.com`. */
  readonly service: string;
  /**
   * ARN of the resource for which the service acts, given only where AWS documents that the service states it in
   * `aws:SourceArn` and its account in `aws:SourceAccount`.
   *
   * @default - The service does not state it.
   */
  readonly sourceArn?: string | undefined;
}

/** A role that a service has assumed, or is about to. */
export interface RoleUse extends ServicePrincipal {
  readonly roleArn: string;
  readonly session: string;
}

/** Decides whether a service may do something under a role. @returns Why not; undefined when it may. */
export type RoleCheck = (use: RoleUse, need: AccessNeed) => Denial | undefined;

/** A resource's account and policy, as far as they are known. */
export interface ResourcePolicy {
  readonly accountId: string;
  readonly policy: object | undefined;
}

/** The identity that signs a call. */
interface Signer {
  readonly accountId: string;
  readonly arn: string;
  /** @default - Not a regional call. */
  readonly region?: string;
}

interface AccessControlProps {
  /** @returns The IAM of an account; undefined when there is no such account. */
  readonly iam: (accountId: string) => Identities | undefined;
  /**
   * @returns Account and policy of a resource; undefined when they follow from the ARN and there is no policy.
   *
   * @default - No resource has a policy.
   */
  readonly resourcePolicy?: (resourceArn: string) => ResourcePolicy | undefined;
  /**
   * Called with each different denial, once.
   *
   * @default - Not called.
   */
  readonly onDenied?: (denial: Denial) => void;
  /**
   * Called with a message about what is decided differently than on AWS.
   *
   * @default - Not called.
   */
  readonly onNotice?: (notice: string) => void;
}

/** Policies by which a principal is judged, with the decisions that they led to. */
interface Judged {
  readonly documents: readonly (object | string)[];
  readonly policies: RolePolicies;
  readonly decisions: Map<string, Denial | undefined>;
}

const ADMINISTRATOR: RolePolicies = {
  identityPolicies: [
    readPolicy('AdministratorAccess', MANAGED_POLICIES['arn:aws:iam::aws:policy/AdministratorAccess']!),
  ],
  boundary: undefined,
  unknown: [],
};
const NOTHING: RolePolicies = { identityPolicies: [], boundary: undefined, unknown: [] };

/**
 * Decides about every call to the embedded AWS, and about what its services do by themselves, by the policies of the
 * role and the resource. Users have AdministratorAccess; the root user has everything in its account.
 *
 * Decisions are kept for as long as the policies that they depend on are the same.
 */
export class AccessControl {
  readonly record = new AccessRecord();
  readonly #props: AccessControlProps;
  readonly #roles = new Map<string, Judged>();
  readonly #others = new Map<string, Denial | undefined>();
  readonly #denials = new Map<string, Denial>();
  readonly #noticed = new Set<string>();

  constructor(props: AccessControlProps) {
    this.#props = props;
  }

  /** Each different denial, in the order of its first occurrence. */
  get denials(): readonly Denial[] {
    return [...this.#denials.values()];
  }

  /** @returns Why a caller may not do something; undefined when it may. */
  check(caller: Signer, need: AccessNeed): Denial | undefined {
    return this.#decide(this.principalOf(caller), need, {}, caller.region);
  }

  /** @returns Why a service may not do something by itself, which only the resource's policy can allow. */
  checkService(principal: ServicePrincipal, need: AccessNeed): Denial | undefined {
    return this.#decide({ type: 'service', name: principal.service }, need, sourceKeys(principal));
  }

  /** @returns Why a service may not assume a role, or not do something under it; undefined when it may. */
  readonly checkRole: RoleCheck = (use, need) => {
    const { roleArn, session } = use;
    const accountId = accountOf(roleArn);
    const arn = `arn:aws:sts::${accountId}:assumed-role/${roleArn.slice(roleArn.lastIndexOf('/') + 1)}/${session}`;
    return this.checkTrust(use, roleArn) ?? this.#decide({ type: 'session', accountId, arn, roleArn }, need, {});
  };

  /** @returns Why a caller or a service may not assume a role; undefined when it may. */
  checkTrust(assuming: Signer | ServicePrincipal, roleArn: string, keys: ConditionKeys = {}): Denial | undefined {
    const isService = 'service' in assuming;
    const principal: AccessPrincipal = isService
      ? { type: 'service', name: assuming.service }
      : this.principalOf(assuming);
    const need = { action: 'sts:AssumeRole', resource: roleArn, context: keys };
    return this.#decide(principal, need, isService ? sourceKeys(assuming) : {});
  }

  /** @returns The principal that policies name: for the session of a role, both. */
  principalOf({ accountId, arn }: Signer): AccessPrincipal {
    if (arn.endsWith(':root')) return { type: 'root', accountId };
    const [, roleName] = /:assumed-role\/([^/]+)\//.exec(arn) ?? [];
    if (roleName === undefined) return { type: 'user', accountId, arn };
    const roleArn = this.#role(accountId, roleName)?.arn ?? `arn:aws:iam::${accountId}:role/${roleName}`;
    return { type: 'session', accountId, arn, roleArn };
  }

  /** @param region Region of the call; that of the resource, when undefined. */
  #decide(principal: AccessPrincipal, need: AccessNeed, keys: ConditionKeys, region?: string): Denial | undefined {
    const { decisions, policies } = this.#judge(principal);
    const resource = this.#resource(need.resource);
    const requested = region ?? need.resource.split(':')[3];
    const context = {
      // On AWS, SDKs call over TLS.
      'aws:SecureTransport': 'true',
      ...(requested && { 'aws:RequestedRegion': requested }),
      ...(resource.accountId && { 'aws:ResourceAccount': resource.accountId }),
      ...(need.action.startsWith('s3:') && resource.accountId && { 's3:ResourceAccount': resource.accountId }),
      ...keys,
      ...need.context,
    };
    const name = principalName(principal);
    const key = JSON.stringify([name, need.action, need.resource, context, policyId(resource.policy)]);
    if (decisions.has(key)) return decisions.get(key);
    const assumes = need.action === 'sts:AssumeRole';
    const resourcePolicy = resource.policy && readPolicy(`of ${need.resource}`, resource.policy);
    const query: AccessQuery = {
      request: { principal, action: need.action, resource: need.resource, context },
      identityPolicies: policies.identityPolicies,
      boundary: policies.boundary,
      ...(assumes ? { trustPolicy: resourcePolicy ?? NO_TRUST } : { resourcePolicy }),
      resourceAccount: resource.accountId,
    };
    const decision = evaluate(query);
    this.record.add({ query, decision });
    const denial = decision.allowed ? undefined : this.#deny(query, decision, policies.unknown);
    decisions.set(key, denial);
    return denial;
  }

  #deny(query: AccessQuery, decision: Extract<AccessDecision, { allowed: false }>, unknown: readonly string[]): Denial {
    const { principal, action, resource } = query.request;
    const other =
      unknown.length > 0 ? `; not evaluated, because the embedded AWS does not know them: ${unknown.join(', ')}` : '';
    const message = `${denialMessage(query.request, decision)}${other}`;
    const denial = { principal: principalName(principal), action, resource, message };
    if (!this.#denials.has(message)) {
      this.#denials.set(message, denial);
      this.#props.onDenied?.(denial);
    }
    return denial;
  }

  /** Policies of the principal, with the decisions that still hold. */
  #judge(principal: AccessPrincipal): Pick<Judged, 'policies' | 'decisions'> {
    if (principal.type === 'user') return { policies: ADMINISTRATOR, decisions: this.#others };
    if (principal.type !== 'session') return { policies: NOTHING, decisions: this.#others };
    const iam = this.#props.iam(principal.accountId);
    const role = this.#role(principal.accountId, principal.roleArn.slice(principal.roleArn.lastIndexOf('/') + 1));
    if (!iam || !role) return { policies: NOTHING, decisions: new Map() };
    const documents = documentsOf(role, iam);
    const known = this.#roles.get(role.arn);
    if (known && sameItems(known.documents, documents)) return known;
    const judged = { documents, policies: readRolePolicies(role, iam), decisions: new Map() };
    this.#noticeLimits(role.name, judged.policies);
    this.#roles.set(role.arn, judged);
    return judged;
  }

  /** What is not evaluated as on AWS is reported, once: policies that are not known, and keys that no request has. */
  #noticeLimits(role: string, { identityPolicies, boundary, unknown }: RolePolicies): void {
    for (const arn of unknown) {
      this.#notice(`${role} has the policy ${arn}, which the embedded AWS does not know and does not evaluate`);
    }
    for (const { name, document } of boundary ? [...identityPolicies, boundary] : identityPolicies) {
      const keys = document.statements.flatMap(({ conditions }) => conditions.map(({ key }) => key));
      for (const key of new Set(keys.filter((each) => !isSet(each)))) {
        this.#notice(
          `the policy ${name} of ${role} has a condition on ${key}, which requests to the embedded AWS never have`,
        );
      }
    }
  }

  #notice(notice: string): void {
    if (this.#noticed.has(notice)) return;
    this.#noticed.add(notice);
    this.#props.onNotice?.(notice);
  }

  #resource(resourceArn: string): { readonly accountId: string | undefined; readonly policy: object | undefined } {
    const [, , service, , accountId] = resourceArn.split(':');
    if (service === 'iam' && resourceArn.includes(':role/')) {
      const role = this.#props.iam(accountId ?? '')?.roleByArn(resourceArn);
      return { accountId, policy: role?.trustPolicy };
    }
    return this.#props.resourcePolicy?.(resourceArn) ?? { accountId: accountId || undefined, policy: undefined };
  }

  #role(accountId: string, name: string) {
    return this.#props.iam(accountId)?.findRole(name);
  }
}

/** Global condition keys that requests have here, if their kind has them on AWS; those of services are not listed. */
const SET_KEYS =
  /^aws:(principal(arn|account|type|isawsservice|servicename)|source(arn|account|owner)|requestedregion|resourceaccount|securetransport|requesttag\/.+|tagkeys)$/;

function isSet(key: string): boolean {
  return !key.startsWith('aws:') || SET_KEYS.test(key);
}

const NO_TRUST: NamedPolicy = { name: 'no trust policy', document: { version: '2012-10-17', statements: [] } };

/** @throws Unsupported for what the evaluation does not support. */
function evaluate(query: AccessQuery): AccessDecision {
  try {
    return evaluateAccess(query);
  } catch (error) {
    const { action, resource } = query.request;
    throw new Unsupported(`a policy that decides about ${action} on ${resource}`, (error as Error).message);
  }
}

const ids = new WeakMap<object, number>();
let lastId = 0;

/** @returns A number by which a policy's document differs from every other, also one of the same content. */
function policyId(policy: object | undefined): number | undefined {
  if (!policy) return undefined;
  let id = ids.get(policy);
  if (id === undefined) {
    lastId += 1;
    id = lastId;
    ids.set(policy, id);
  }
  return id;
}

function sourceKeys({ sourceArn }: ServicePrincipal): ConditionKeys {
  if (sourceArn === undefined) return {};
  const account = accountOf(sourceArn);
  return { 'aws:SourceArn': sourceArn, ...(account && { 'aws:SourceAccount': account }) };
}

function sameItems(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index]);
}

/** @returns The account id in an ARN, or an empty string. */
function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}
