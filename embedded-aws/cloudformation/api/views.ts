import type { RequiredCapability } from '../capabilities';
import type { ChangeSet, PlannedChange } from '../change-set';
import type { StackEvent } from '../events';
import type { ResourceState, Stack } from '../stack';
import type { ParameterDefinition, StackTemplate } from '../template';

export function stackView(stack: Stack): object {
  const { blueprint, settings } = stack;
  return {
    ...stackSummary(stack),
    Description: blueprint?.template.description,
    Parameters: parametersView(stack.blueprint),
    Capabilities: settings.capabilities,
    NotificationARNs: settings.notificationArns,
    RoleARN: settings.roleArn,
    Tags: tagsView(settings.tags),
    DisableRollback: false,
    EnableTerminationProtection: stack.terminationProtection,
    RollbackConfiguration: {},
    Outputs: stack.outputs.map(({ key, value, description, exportName }) => ({
      OutputKey: key,
      OutputValue: value,
      Description: description,
      ExportName: exportName,
    })),
  };
}

export function stackSummary(stack: Stack): object {
  return {
    StackId: stack.id,
    StackName: stack.name,
    CreationTime: stack.createdAt,
    LastUpdatedTime: stack.updatedAt,
    DeletionTime: stack.deletedAt,
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}

export function eventView(stack: Stack, event: StackEvent): object {
  return {
    StackId: stack.id,
    EventId: event.id,
    StackName: stack.name,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.type,
    Timestamp: event.at,
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason,
    ResourceProperties: event.properties && JSON.stringify(event.properties),
    ClientRequestToken: event.clientRequestToken,
  };
}

export function resourceSummary(state: ResourceState): object {
  return { ...resourceBase(state), LastUpdatedTimestamp: state.at };
}

/** Resource in DescribeStackResources, which names the time differently than the other two operations. */
export function resourceView(stack: Stack, state: ResourceState): object {
  return { StackId: stack.id, StackName: stack.name, ...resourceBase(state), Timestamp: state.at };
}

export function resourceDetail(stack: Stack, state: ResourceState): object {
  return { StackId: stack.id, StackName: stack.name, ...resourceSummary(state) };
}

export function changeSetView(stack: Stack, changeSet: ChangeSet): object {
  return {
    ...changeSetSummary(stack, changeSet),
    Changes: changeSet.changes.map((change) => ({ Type: 'Resource', ResourceChange: changeView(change) })),
    Parameters: parametersView(changeSet.blueprint),
    Capabilities: changeSet.settings.capabilities,
    NotificationARNs: changeSet.settings.notificationArns,
    Tags: tagsView(changeSet.settings.tags),
    RollbackConfiguration: {},
  };
}

export function changeSetSummary(stack: Stack, changeSet: ChangeSet): object {
  return {
    StackId: stack.id,
    StackName: stack.name,
    ChangeSetId: changeSet.id,
    ChangeSetName: changeSet.name,
    Description: changeSet.description,
    CreationTime: changeSet.createdAt,
    Status: changeSet.status,
    StatusReason: changeSet.status === 'FAILED' ? changeSet.reason : undefined,
    ExecutionStatus: changeSet.execution,
    IncludeNestedStacks: false,
  };
}

export function templateView(template: StackTemplate, required: RequiredCapability | undefined): object {
  return {
    Description: template.description,
    Parameters: Object.entries(template.parameters).map(([key, definition]) => parameterView(key, definition)),
    Capabilities: required && [required.capability],
    CapabilitiesReason: required && `The following resource(s) require capabilities: [${required.types.join(', ')}]`,
  };
}

export function templateSummary(template: StackTemplate, required: RequiredCapability | undefined): object {
  return {
    ...templateView(template, required),
    Parameters: Object.entries(template.parameters).map(([key, definition]) => ({
      ...parameterView(key, definition),
      ParameterType: definition.type,
      ParameterConstraints: { AllowedValues: definition.allowedValues },
    })),
    ResourceTypes: Object.values(template.resources).map(({ type }) => type),
  };
}

function parameterView(key: string, { default: value, noEcho, description }: ParameterDefinition): object {
  return { ParameterKey: key, DefaultValue: value, NoEcho: noEcho, Description: description };
}

function resourceBase({ logicalId, physicalId, type, status, reason }: ResourceState): object {
  return {
    LogicalResourceId: logicalId,
    PhysicalResourceId: physicalId,
    ResourceType: type,
    ResourceStatus: status,
    ResourceStatusReason: reason,
    DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
  };
}

function changeView(change: PlannedChange): object {
  const modified = change.action === 'Modify' ? change : undefined;
  return {
    Action: change.action,
    LogicalResourceId: change.logicalId,
    PhysicalResourceId: change.action === 'Add' ? undefined : change.physicalId,
    ResourceType: change.type,
    Replacement: modified?.replacement,
    Scope: modified ? ['Properties'] : [],
    Details: (modified?.properties ?? []).map(({ name, replaces, known }) => ({
      Target: {
        Attribute: 'Properties',
        Name: name,
        RequiresRecreation: replaces ? (known ? 'Always' : 'Conditionally') : 'Never',
      },
      Evaluation: known ? 'Static' : 'Dynamic',
    })),
  };
}

/**
 * Parameters of a stack. A NoEcho parameter is shown as asterisks; one of an SSM type is shown with its name and its
 * value.
 */
function parametersView(blueprint: Stack['blueprint']): object[] {
  if (!blueprint) return [];
  const { given, values } = blueprint.parameters;
  return Object.entries(given).map(([key, value]) => {
    const { noEcho, type } = blueprint.template.parameters[key]!;
    return {
      ParameterKey: key,
      ParameterValue: noEcho ? '****' : value,
      ResolvedValue: type.startsWith('AWS::SSM::') ? values[key] : undefined,
    };
  });
}

function tagsView(tags: Readonly<Record<string, string>>): object[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
