import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readSampleSettings } from '../canary-guard/hooks/sample';
import type { Physical } from '../embedded-aws/resource-type';
import { runCommand } from '../rehearsal/scratch/child-process';
import { linkPackages } from '../rehearsal/scratch/linked-packages';
import { ServicePackage, type TemplateResource } from '../release/deploy/service-package';
import type { ConfiguredAlarm } from './canary-configuration';
import {
  api,
  type ModelledService,
  modelledRoutes,
  type ResolvedConfiguration,
  resolveConfiguration,
  versions,
} from './modelled-service';

const REPOSITORY = join(__dirname, '..');

/** Names of this repository's configurations. */
export const OUR_CONFIGURATIONS = ['ours', 'ours-10-minutes'] as const;

/** The other deployment type with which the same alarms and hooks are compared. */
const SLOWER = 'Canary10Percent10Minutes';

/** Sls stage whose settings are compared. */
const STAGE = 'prod';

/** Milliseconds that `sls package` may take; it usually takes two or three seconds. */
const LONGEST = 120_000;

const ENDINGS = { exited: 'failed', killed: 'was killed', aborted: 'was stopped after two minutes' } as const;

/** Lambda's default timeout, in seconds. */
const DEFAULT_TIMEOUT = 3;

/** The service of this repository as it would be deployed. */
interface PackagedService {
  readonly service: ModelledService;
  /** `ours`, and the same with a longer shift. */
  readonly configurations: readonly ResolvedConfiguration[];
}

/**
 * Packages a copy of this repository's service. sls writes into the directory of the service, where two runs at the same time
 * would disturb each other.
 *
 * @throws Error with the output of sls when it fails, or when {@link readService} refuses the package.
 */
export async function packageService(): Promise<PackagedService> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-safety-'));
  try {
    const service = join(directory, 'service');
    for (const part of ['service', 'canary-guard']) {
      const filter = (path: string) => !basename(path).startsWith('.');
      await cp(join(REPOSITORY, part), join(directory, part), { recursive: true, filter });
    }
    await linkPackages(REPOSITORY, directory);
    const target = join(directory, 'package');
    const output: string[] = [];
    const exit = await runCommand(
      {
        file: process.execPath,
        arguments: [require.resolve('serverless/bin/serverless.js'), 'package', '--package', target, '--stage', STAGE],
        cwd: service,
        environment: {
          PATH: process.env.PATH ?? '',
          HOME: directory,
          SLS_SCHEMA_CACHE_BASE_DIR: join(REPOSITORY, 'node_modules/.cache/sls'),
        },
        onLine: (line) => output.push(line),
        signal: AbortSignal.timeout(LONGEST),
      },
      () => {},
    );
    if (exit.type !== 'exited' || exit.code !== 0)
      throw new Error(`sls package ${ENDINGS[exit.type]}:\n${output.join('\n')}`);
    return readService(ServicePackage.read(target).resources);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

type Resources = Readonly<Record<string, TemplateResource>>;

/** @throws Error when the template does not have exactly one function with a canary, and both hooks. */
export function readService(resources: Resources): PackagedService {
  const policies = ofType(resources, 'AWS::Lambda::Alias').flatMap(([, alias]) => {
    const policy = at(alias, 'UpdatePolicy', 'CodeDeployLambdaAliasUpdate');
    return policy ? [{ alias, policy }] : [];
  });
  const [canary, ...others] = policies;
  if (!canary || others.length > 0) {
    throw new Error(`the service has ${policies.length} functions with a canary; the comparison needs exactly one`);
  }
  const { alias, policy } = canary;
  const functionId = reference(alias, 'Properties', 'FunctionName');
  const pre = reference(policy, 'BeforeAllowTrafficHook');
  const post = reference(policy, 'AfterAllowTrafficHook');
  const group = resources[reference(policy, 'DeploymentGroupName')];
  const { minimum, tooFew } = readSampleSettings(variablesOf(resources[post]) as Record<string, string>);
  const service: ModelledService = {
    functionName: nameOf(resources[functionId]),
    alias: String(at(alias, 'Properties', 'Name')),
    timeout: timeoutOf(resources[functionId]),
    variables: Object.keys(variablesOf(resources[functionId])),
    routes: modelledRoutes,
    preTrafficHook: nameOf(resources[pre]),
    postTrafficHook: nameOf(resources[post]),
    preTrafficTimeout: timeoutOf(resources[pre]),
    postTrafficTimeout: timeoutOf(resources[post]),
    minimumRequests: minimum,
    tooFewRequests: tooFew,
  };
  const ours = {
    name: OUR_CONFIGURATIONS[0],
    line: 'alarms that compare the new version with the old one, and hooks that invoke both',
    source: 'this repository, [service/serverless.yml](../service/serverless.yml)',
    deploymentType: String(at(group, 'Properties', 'DeploymentConfigName', 'Fn::Sub', 1, 'ConfigName')),
    alarms: alarmsOf(resources, group),
    hooks: 'checks' as const,
  };
  const slower = {
    ...ours,
    name: OUR_CONFIGURATIONS[1],
    line: 'the same with a shift of ten minutes',
    deploymentType: SLOWER,
  };
  const physical = physicalOf(resources);
  return {
    service,
    configurations: [ours, slower].map((each) => resolveConfiguration(each, service, physical)),
  };
}

function alarmsOf(resources: Resources, group: unknown): readonly ConfiguredAlarm[] {
  const attached = (at(group, 'Properties', 'AlarmConfiguration', 'Alarms') ?? []) as readonly unknown[];
  const names = new Set(attached.map((each) => reference(each, 'Name')));
  const missing = [...names].filter((id) => resources[id]?.Type !== 'AWS::CloudWatch::Alarm');
  if (missing.length > 0)
    throw new Error(`the deployment group watches ${missing.join(', ')}, which the template does not define as alarms`);
  return ofType(resources, 'AWS::CloudWatch::Alarm').map(([name, alarm]) => ({
    name,
    attached: names.has(name),
    properties: at(alarm, 'Properties') as Record<string, unknown>,
  }));
}

function physicalOf(resources: Resources): Readonly<Record<string, Physical>> {
  return Object.fromEntries(
    Object.entries(resources).flatMap(([id, resource]): [string, Physical][] => {
      switch (resource.Type) {
        case 'AWS::Lambda::Function':
          return [[id, { id: nameOf(resource), attributes: {} }]];
        case 'AWS::Lambda::Version':
          return [[id, { id, attributes: { Version: versions.new } }]];
        case 'AWS::ApiGatewayV2::Api':
          return [[id, { id: api.id, attributes: { ApiId: api.id } }]];
        default:
          return [];
      }
    }),
  );
}

function ofType(resources: Resources, type: string): readonly (readonly [string, TemplateResource])[] {
  return Object.entries(resources).filter(([, resource]) => resource.Type === type);
}

function nameOf(resource: unknown): string {
  return String(at(resource, 'Properties', 'FunctionName'));
}

function timeoutOf(resource: unknown): number {
  return Number(at(resource, 'Properties', 'Timeout') ?? DEFAULT_TIMEOUT) * 1000;
}

function variablesOf(resource: unknown): object {
  return (at(resource, 'Properties', 'Environment', 'Variables') ?? {}) as object;
}

function reference(value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path, 'Ref');
  if (typeof found !== 'string') throw new Error(`the template has no reference at ${path.join('.')}`);
  return found;
}

function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key], value);
}
