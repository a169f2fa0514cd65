import { PRESET_PREFIX, type TrafficRouting } from '../../aws-rules/traffic-shift';
import type { VirtualClock } from '../clock';
import { AwsError, Unsupported } from '../errors';
import { physicalName } from '../physical-name';
import type { Random } from '../random';
import type { Properties, ResourceContext, ResourceType } from '../resource-type';
import { checkAlarms, checkAutoRollback, type DeploymentGroup } from './deployment-group';
import type { Registry } from './registry';

/** Time that CloudFormation takes for each resource, in virtual milliseconds (inferred). */
export const PROVISIONING = 1_000;

interface ResourceTypesProps {
  readonly registry: Registry;
  readonly clock: VirtualClock;
  readonly random: Random;
}

export function resourceTypes(props: ResourceTypesProps): readonly ResourceType[] {
  return [applicationType(props), groupType(props), configType(props)];
}

function applicationType({ registry, clock, random }: ResourceTypesProps): ResourceType {
  return {
    type: 'AWS::CodeDeploy::Application',
    accepts: ['ApplicationName', 'ComputePlatform', 'Tags'],
    replacedBy: ['ApplicationName', 'ComputePlatform'],
    async create(properties, context) {
      checkPlatform(properties);
      const name = properties.ApplicationName ?? generatedName(random, context);
      await clock.sleep(PROVISIONING);
      registry.addApplication(name, tagsOf(properties));
      return { id: name, attributes: {} };
    },
    async update(name, properties) {
      await clock.sleep(PROVISIONING);
      registry.tagApplication(name, tagsOf(properties));
      return { id: name, attributes: {} };
    },
    async delete(name) {
      await clock.sleep(PROVISIONING);
      registry.removeApplication(name);
    },
  };
}

function groupType({ registry, clock, random }: ResourceTypesProps): ResourceType {
  return {
    type: 'AWS::CodeDeploy::DeploymentGroup',
    accepts: [
      'ApplicationName',
      'DeploymentGroupName',
      'ServiceRoleArn',
      'DeploymentConfigName',
      'DeploymentStyle',
      'AlarmConfiguration',
      'AutoRollbackConfiguration',
      'Tags',
    ],
    replacedBy: ['ApplicationName', 'DeploymentGroupName'],
    async create(properties, context) {
      const name = properties.DeploymentGroupName ?? generatedName(random, context);
      const group = readGroup(name, properties);
      await clock.sleep(PROVISIONING);
      registry.addGroup(group);
      return { id: name, attributes: {} };
    },
    async update(name, properties) {
      const group = readGroup(name, properties);
      await clock.sleep(PROVISIONING);
      registry.putGroup({ ...group, id: registry.group(group.applicationName, name).id });
      return { id: name, attributes: {} };
    },
    async delete(name, properties) {
      await clock.sleep(PROVISIONING);
      registry.removeGroup(properties.ApplicationName, name);
    },
  };
}

function configType({ registry, clock, random }: ResourceTypesProps): ResourceType {
  return {
    type: 'AWS::CodeDeploy::DeploymentConfig',
    accepts: ['DeploymentConfigName', 'ComputePlatform', 'TrafficRoutingConfig'],
    replacedBy: ['DeploymentConfigName', 'ComputePlatform', 'TrafficRoutingConfig'],
    async create(properties, context) {
      checkPlatform(properties);
      const name = properties.DeploymentConfigName ?? generatedName(random, context);
      await clock.sleep(PROVISIONING);
      registry.addConfig(name, readRouting(properties.TrafficRoutingConfig ?? {}));
      return { id: name, attributes: {} };
    },
    async update(name) {
      throw new Unsupported(`an update of the deployment configuration ${name}`, 'every change replaces it');
    },
    async delete(name) {
      await clock.sleep(PROVISIONING);
      registry.removeConfig(name);
    },
  };
}

function readGroup(name: string, properties: Properties): Omit<DeploymentGroup, 'id'> {
  const {
    DeploymentStyle: style,
    AlarmConfiguration: alarms = {},
    AutoRollbackConfiguration: rollback = {},
  } = properties;
  if (style?.DeploymentType !== 'BLUE_GREEN' || style?.DeploymentOption !== 'WITH_TRAFFIC_CONTROL') {
    throw new AwsError(
      'InvalidDeploymentStyleException',
      'For AWS Lambda deployments, the deployment style must be BLUE_GREEN and WITH_TRAFFIC_CONTROL.',
    );
  }
  if (!properties.ServiceRoleArn) throw new AwsError('RoleRequiredException', 'ServiceRoleArn is required');
  refuseUnknownMembers(alarms, ['Enabled', 'Alarms', 'IgnorePollAlarmFailure'], 'AlarmConfiguration');
  return {
    applicationName: properties.ApplicationName,
    name,
    serviceRoleArn: properties.ServiceRoleArn,
    configName: properties.DeploymentConfigName ?? `${PRESET_PREFIX}AllAtOnce`,
    alarms: checkAlarms({
      enabled: alarms.Enabled,
      alarms: (alarms.Alarms ?? []).map((alarm: Properties) => ({ name: alarm.Name })),
      ignorePollAlarmFailure: alarms.IgnorePollAlarmFailure,
    }),
    autoRollback: checkAutoRollback({ enabled: rollback.Enabled, events: rollback.Events }),
    tags: tagsOf(properties),
  };
}

function readRouting({ Type: type, TimeBasedCanary: canary, TimeBasedLinear: linear }: Properties): TrafficRouting {
  if (type === 'AllAtOnce') return { type };
  if (type === 'TimeBasedCanary') {
    return { type, percentage: Number(canary?.CanaryPercentage), interval: Number(canary?.CanaryInterval) };
  }
  if (type === 'TimeBasedLinear') {
    return { type, percentage: Number(linear?.LinearPercentage), interval: Number(linear?.LinearInterval) };
  }
  throw new AwsError(
    'InvalidTrafficRoutingConfigurationException',
    `the type of traffic routing is ${type}, expected AllAtOnce, TimeBasedCanary or TimeBasedLinear`,
  );
}

function checkPlatform({ ComputePlatform: platform }: Properties): void {
  if (platform !== 'Lambda') throw new Unsupported(`CodeDeploy for ${platform ?? 'Server'}`, 'use Lambda');
}

function tagsOf({ Tags: tags = [] }: Properties): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map((tag: Properties) => [tag.Key, tag.Value]));
}

function refuseUnknownMembers(structure: Properties, known: readonly string[], name: string): void {
  const unknown = Object.keys(structure).filter((member) => !known.includes(member));
  if (unknown.length > 0) throw new Unsupported(`${name} with ${unknown.join(', ')}`);
}

/** Generates a name of at most 100 characters, the limit for applications, groups and configurations (API). */
function generatedName(random: Random, context: ResourceContext): string {
  return physicalName(context, random.stream(`name/${context.stackId}/${context.logicalId}`), { longest: 100 });
}
