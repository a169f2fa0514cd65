import { AwsError } from '../errors';
import type { Properties } from '../resource-type';

/** A pipeline that CloudFormation created. What its actions do is the executor's concern. */
export interface PipelineRecord {
  readonly name: string;
  /** Version of its structure: 1, and one more with every update. */
  readonly version: number;
  readonly stages: readonly { readonly name: string; readonly actions: readonly string[] }[];
}

/** The pipelines of one account and region. */
export class PipelineRecords {
  readonly #pipelines = new Map<string, PipelineRecord>();

  find(name: string): PipelineRecord | undefined {
    return this.#pipelines.get(name);
  }

  /** @throws AwsError PipelineNameInUseException. */
  add(name: string, properties: Properties): PipelineRecord {
    if (this.#pipelines.has(name)) {
      throw new AwsError('PipelineNameInUseException', `A pipeline with the name '${name}' already exists in account`);
    }
    return this.#put({ name, version: 1, stages: stagesOf(properties) });
  }

  /** @throws AwsError PipelineNotFoundException. */
  update(name: string, properties: Properties): PipelineRecord {
    const before = this.find(name);
    if (!before) throw pipelineNotFound(name);
    return this.#put({ name, version: before.version + 1, stages: stagesOf(properties) });
  }

  /** Removes a pipeline. Removing a missing one succeeds: DeletePipeline has no error for it (API). */
  remove(name: string): void {
    this.#pipelines.delete(name);
  }

  #put(record: PipelineRecord): PipelineRecord {
    this.#pipelines.set(record.name, record);
    return record;
  }
}

export function pipelineNotFound(name: string): AwsError {
  return new AwsError('PipelineNotFoundException', `Account does not have a pipeline with name '${name}'`);
}

function stagesOf({ Stages = [] }: Properties): PipelineRecord['stages'] {
  return Stages.map((stage: Properties) => ({
    name: String(stage.Name),
    actions: (stage.Actions ?? []).map((action: Properties) => String(action.Name)),
  }));
}
