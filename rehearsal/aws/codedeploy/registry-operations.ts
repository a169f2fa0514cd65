import { Unsupported } from '../errors';
import type { Input, Operations } from '../protocol/api';
import type { Deployments } from './deployments';
import { describeApplication, describeConfig, describeGroup } from './descriptions';
import { required } from './input';
import type { Registry } from './registry';

/** The part of CodeDeploy's API that is about applications, groups and configurations. */
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

function tagsOf(registry: Registry, { ResourceArn }: Input): Readonly<Record<string, string>> {
  const [, kind, applicationName = '', groupName = ''] =
    /:(application|deploymentgroup):([^/]+)(?:\/(.+))?$/.exec(String(ResourceArn)) ?? [];
  if (kind === 'application') return registry.application(applicationName).tags;
  if (kind === 'deploymentgroup') return registry.group(applicationName, groupName).tags;
  throw new Unsupported(`codedeploy:ListTagsForResource of ${ResourceArn}`);
}
