import { AwsError, Unsupported } from '../errors';
import type { Operations } from '../protocol/api';
import type { Input } from '../protocol/input';
import type { Deployments } from './deployments';
import { describeApplication, describeConfig, describeGroup } from './descriptions';
import type { Registry } from './registry';

/** Largest number of names in BatchGetDeploymentGroups (CodeDeploy API reference). */
const MAX_GROUP_NAMES = 100;

/** CodeDeploy's operations on applications, deployment groups and deployment configurations. */
export function registryOperations(registry: Registry, deployments: Deployments): Operations {
  return {
    GetApplication: {
      accepts: ['applicationName'],
      run: (input) => ({ application: describeApplication(registry.application(required(input, 'applicationName'))) }),
    },
    ListApplications: {
      accepts: [],
      run: () => ({ applications: registry.applications.map(({ name }) => name) }),
    },
    GetDeploymentGroup: {
      accepts: ['applicationName', 'deploymentGroupName'],
      run: (input) => {
        const name = required(input, 'deploymentGroupName');
        const group = registry.group(required(input, 'applicationName'), name);
        const own = deployments.list().filter(({ props }) => props.group.id === group.id);
        return { deploymentGroupInfo: describeGroup(group, own) };
      },
    },
    BatchGetDeploymentGroups: {
      accepts: ['applicationName', 'deploymentGroupNames'],
      run: (input) => {
        const { name } = registry.application(required(input, 'applicationName'));
        const requested: readonly string[] = input.deploymentGroupNames ?? [];
        if (requested.length > MAX_GROUP_NAMES) {
          throw new AwsError(
            'BatchLimitExceededException',
            `${requested.length} group names were sent, the maximum is ${MAX_GROUP_NAMES}`,
          );
        }
        const own = registry.groups(name);
        const missing = requested.filter((requestedName) => !own.some((group) => group.name === requestedName));
        return {
          deploymentGroupsInfo: own
            .filter((group) => requested.includes(group.name))
            .map((group) =>
              describeGroup(
                group,
                deployments.list().filter(({ props }) => props.group.id === group.id),
              ),
            ),
          errorMessage: missing.length > 0 ? `No Deployment Group found for name: ${missing.join(', ')}` : undefined,
        };
      },
    },
    ListDeploymentGroups: {
      accepts: ['applicationName'],
      run: (input) => {
        const { name } = registry.application(required(input, 'applicationName'));
        return { applicationName: name, deploymentGroups: registry.groups(name).map((group) => group.name) };
      },
    },
    GetDeploymentConfig: {
      accepts: ['deploymentConfigName'],
      run: (input) => ({
        deploymentConfigInfo: describeConfig(registry.config(required(input, 'deploymentConfigName'))),
      }),
    },
    ListDeploymentConfigs: {
      accepts: [],
      run: () => ({ deploymentConfigsList: registry.configs.map(({ name }) => name) }),
    },
    ListTagsForResource: {
      accepts: ['ResourceArn', 'NextToken'],
      run: (input) => ({ Tags: Object.entries(tagsOf(registry, input)).map(([Key, Value]) => ({ Key, Value })) }),
    },
  };
}

/** @throws AwsError with CodeDeploy's code for the member, e.g. `ApplicationNameRequiredException`. */
export function required(input: Input, member: string): string {
  const value = input[member];
  if (typeof value === 'string' && value !== '') return value;
  throw new AwsError(`${member[0]!.toUpperCase()}${member.slice(1)}RequiredException`, `${member} is required`);
}

function tagsOf(registry: Registry, { ResourceArn }: Input): Readonly<Record<string, string>> {
  const [, kind, applicationName = '', groupName = ''] =
    /:(application|deploymentgroup):([^/]+)(?:\/(.+))?$/.exec(String(ResourceArn)) ?? [];
  if (kind === 'application') return registry.application(applicationName).tags;
  if (kind === 'deploymentgroup') return registry.group(applicationName, groupName).tags;
  throw new Unsupported(`codedeploy:ListTagsForResource of ${ResourceArn}`);
}
