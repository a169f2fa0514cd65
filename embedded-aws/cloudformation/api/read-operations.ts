import { AwsError } from '../../errors';
import type { Operations } from '../../protocol/api';
import { requiredCapability } from '../capabilities';
import type { ResourceState, Stack } from '../stack';
import type { StackService } from '../stack-service';
import { findChangeSet } from './change-set-operations';
import { readTemplateSource } from './input';
import {
  eventView,
  resourceDetail,
  resourceSummary,
  resourceView,
  stackSummary,
  stackView,
  templateSummary,
  templateView,
} from './views';

/** Number of stack events or stack resources on a page. */
const PAGE = 100;

/** Operations that only read. */
export function readOperations(service: StackService): Operations {
  const { stacks } = service;
  return {
    DescribeStacks: {
      accepts: ['StackName'],
      run: ({ StackName }) => ({
        Stacks: (StackName ? [stacks.get(StackName, 'with id')] : stacks.live).map(stackView),
      }),
    },
    ListStacks: {
      accepts: ['StackStatusFilter'],
      run: ({ StackStatusFilter }) => ({
        StackSummaries: stacks.all
          .filter(({ status }) => !StackStatusFilter || StackStatusFilter.includes(status))
          .map(stackSummary),
      }),
    },
    DescribeStackEvents: {
      accepts: ['StackName', 'NextToken'],
      run({ StackName, NextToken }) {
        const stack = stacks.get(StackName);
        const events = stack.events.all.toReversed();
        // The token is the id of the last event on the page, so that new events do not shift the pages.
        const start = NextToken ? events.findIndex(({ id }) => id === NextToken) + 1 : 0;
        const page = events.slice(start, start + PAGE);
        const more = start + PAGE < events.length;
        return {
          StackEvents: page.map((event) => eventView(stack, event)),
          NextToken: more ? page.at(-1)?.id : undefined,
        };
      },
    },
    DescribeStackResource: {
      accepts: ['StackName', 'LogicalResourceId'],
      run({ StackName, LogicalResourceId }) {
        const stack = stacks.get(StackName);
        return { StackResourceDetail: resourceDetail(stack, resourceState(stack, LogicalResourceId)) };
      },
    },
    DescribeStackResources: {
      accepts: ['StackName', 'LogicalResourceId', 'PhysicalResourceId'],
      run: ({ StackName, LogicalResourceId, PhysicalResourceId }) => ({
        StackResources: (StackName ? [stacks.get(StackName)] : stacks.live).flatMap((stack) => {
          const states = LogicalResourceId ? [resourceState(stack, LogicalResourceId)] : stack.resourceStates;
          return states
            .filter(({ physicalId }) => !PhysicalResourceId || physicalId === PhysicalResourceId)
            .map((state) => resourceView(stack, state));
        }),
      }),
    },
    ListStackResources: {
      accepts: ['StackName', 'NextToken'],
      run({ StackName, NextToken }) {
        const states = stacks.get(StackName).resourceStates;
        const start = Number(NextToken ?? 0);
        return {
          StackResourceSummaries: states.slice(start, start + PAGE).map(resourceSummary),
          NextToken: start + PAGE < states.length ? String(start + PAGE) : undefined,
        };
      },
    },
    ListExports: {
      accepts: [],
      run: () => ({
        Exports: stacks.exports.map(({ name, value, stackId }) => ({
          ExportingStackId: stackId,
          Name: name,
          Value: value,
        })),
      }),
    },
    GetTemplate: {
      accepts: ['StackName', 'ChangeSetName', 'TemplateStage'],
      run(input) {
        const blueprint = input.ChangeSetName
          ? findChangeSet(service, input).changeSet.blueprint
          : stacks.get(input.StackName).blueprint;
        return { TemplateBody: blueprint?.template.body, StagesAvailable: ['Original', 'Processed'] };
      },
    },
    GetTemplateSummary: {
      accepts: ['StackName', 'TemplateBody', 'TemplateURL'],
      run(input) {
        const template = input.StackName
          ? stacks.get(input.StackName).blueprint?.template
          : service.readTemplate(readTemplateSource(input));
        return template && templateSummary(template, requiredCapability(template));
      },
    },
    ValidateTemplate: {
      accepts: ['TemplateBody', 'TemplateURL'],
      run(input) {
        const template = service.readTemplate(readTemplateSource(input));
        return templateView(template, requiredCapability(template));
      },
    },
  };
}

function resourceState(stack: Stack, logicalId: string): ResourceState {
  const state = stack.resourceStates.find((resource) => resource.logicalId === logicalId);
  if (state) return state;
  throw new AwsError('ValidationError', `Resource ${logicalId} does not exist for stack ${stack.name}`);
}
