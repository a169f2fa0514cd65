import { PRESET_PREFIX, PRESETS, type TrafficRouting } from '../../aws-rules/traffic-shift';
import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import type { Random } from '../random';
import { checkRouting } from './check-routing';
import type { Application, DeploymentGroup } from './deployment-group';

export interface DeploymentConfig {
  readonly name: string;
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly createTime: number;
  readonly routing: TrafficRouting;
}

/** The applications, deployment groups and deployment configurations of an account and region. */
export class Registry {
  readonly #applications = new Map<string, Application>();
  readonly #groups = new Map<string, DeploymentGroup>();
  readonly #configs = new Map<string, DeploymentConfig>();

  readonly #clock: VirtualClock;
  readonly #random: Random;

  constructor(clock: VirtualClock, random: Random) {
    this.#clock = clock;
    this.#random = random;
    for (const [name, routing] of Object.entries(PRESETS)) this.#addConfig(`${PRESET_PREFIX}${name}`, routing);
  }

  get applications(): readonly Application[] {
    return [...this.#applications.values()];
  }

  get configs(): readonly DeploymentConfig[] {
    return [...this.#configs.values()];
  }

  /** @returns The groups of an application. */
  groups(applicationName: string): readonly DeploymentGroup[] {
    return [...this.#groups.values()].filter((group) => group.applicationName === applicationName);
  }

  /** @throws AwsError ApplicationDoesNotExistException. */
  application(name: string): Application {
    return requireFound(this.#applications.get(name), 'ApplicationDoesNotExistException', 'application', name);
  }

  /** @throws AwsError ApplicationDoesNotExistException or DeploymentGroupDoesNotExistException. */
  group(applicationName: string, name: string): DeploymentGroup {
    this.application(applicationName);
    const group = this.#groups.get(key(applicationName, name));
    return requireFound(group, 'DeploymentGroupDoesNotExistException', 'Deployment Group', name);
  }

  /** @throws AwsError DeploymentConfigDoesNotExistException. */
  config(name: string): DeploymentConfig {
    return requireFound(
      this.#configs.get(name),
      'DeploymentConfigDoesNotExistException',
      'Deployment Configuration',
      name,
    );
  }

  addApplication(name: string, tags: Application['tags']): void {
    if (this.#applications.has(name)) throw alreadyExists('Application', name);
    this.#applications.set(name, { name, id: this.#id('application', name), createTime: this.#clock.now(), tags });
  }

  tagApplication(name: string, tags: Application['tags']): void {
    this.#applications.set(name, { ...this.application(name), tags });
  }

  removeApplication(name: string): void {
    this.#applications.delete(name);
    for (const group of this.groups(name)) this.removeGroup(name, group.name);
  }

  /** @throws AwsError when the application or configuration does not exist. */
  addGroup(group: Omit<DeploymentGroup, 'id'>): void {
    const name = key(group.applicationName, group.name);
    if (this.#groups.has(name)) throw alreadyExists('DeploymentGroup', group.name);
    this.putGroup({ ...group, id: this.#id('group', name) });
  }

  /** @throws AwsError when the application or configuration does not exist. */
  putGroup(group: DeploymentGroup): void {
    this.application(group.applicationName);
    this.config(group.configName);
    this.#groups.set(key(group.applicationName, group.name), group);
  }

  removeGroup(applicationName: string, name: string): void {
    this.#groups.delete(key(applicationName, name));
  }

  /** @throws AwsError InvalidTrafficRoutingConfigurationException or DeploymentConfigAlreadyExistsException. */
  addConfig(name: string, routing: TrafficRouting): void {
    if (this.#configs.has(name)) throw alreadyExists('DeploymentConfig', name);
    this.#addConfig(name, checkRouting(routing));
  }

  removeConfig(name: string): void {
    this.#configs.delete(name);
  }

  #addConfig(name: string, routing: TrafficRouting): void {
    this.#configs.set(name, { name, id: this.#id('config', name), createTime: this.#clock.now(), routing });
  }

  #id(kind: string, name: string): string {
    return this.#random.stream(`id/${kind}/${name}`).uuid();
  }
}

function key(applicationName: string, groupName: string): string {
  return `${applicationName}/${groupName}`;
}

function requireFound<T>(value: T | undefined, code: string, kind: string, name: string): T {
  if (value === undefined) throw new AwsError(code, `No ${kind} found for name: ${name}`);
  return value;
}

function alreadyExists(kind: string, name: string): AwsError {
  return new AwsError(`${kind}AlreadyExistsException`, `${name} already exists`);
}
