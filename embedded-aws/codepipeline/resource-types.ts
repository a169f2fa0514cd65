import type { VirtualClock } from '../clock';
import { physicalName } from '../physical-name';
import type { Random } from '../random';
import type { Physical, ResourceType } from '../resource-type';
import type { PipelineRecord, PipelineRecords } from './pipeline-records';

/** Time that CloudFormation takes for a pipeline, in virtual milliseconds (inferred). */
const PROVISIONING = 2_000;

/**
 * Properties of the pipelines that CDK Pipelines makes. Apart from the stages, none of them changes what an execution
 * does.
 */
export const PIPELINE_PROPERTIES: readonly string[] = [
  'ArtifactStore',
  'ArtifactStores',
  'ExecutionMode',
  'Name',
  'PipelineType',
  'RestartExecutionOnUpdate',
  'RoleArn',
  'Stages',
  'Tags',
  'Triggers',
];

/** `AWS::CodePipeline::Pipeline`. */
export function codePipelineResourceTypes(
  records: PipelineRecords,
  clock: VirtualClock,
  random: Random,
): readonly ResourceType[] {
  return [
    {
      type: 'AWS::CodePipeline::Pipeline',
      accepts: PIPELINE_PROPERTIES,
      replacedBy: ['Name'],
      async create(properties, context) {
        await clock.sleep(PROVISIONING);
        return describe(records.add(properties.Name ?? physicalName(context, random, { longest: 100 }), properties));
      },
      async update(name, properties) {
        await clock.sleep(PROVISIONING);
        return describe(records.update(name, properties));
      },
      async delete(name) {
        await clock.sleep(PROVISIONING);
        records.remove(name);
      },
    },
  ];
}

function describe({ name, version }: PipelineRecord): Physical {
  return { id: name, attributes: { Version: String(version) } };
}
