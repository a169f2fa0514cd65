import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PIPELINE_PROPERTIES } from '../../embedded-aws/codepipeline/resource-types';
import { type DeployedResources, Intrinsics, type StackIdentity, type SynthesisedTemplate } from './intrinsics';
import type { Pipeline, Stage } from './model';
import { Refusal, type RefusedPart } from './refusal';
import { readAction } from './template-action';

interface Manifest {
  readonly artifacts: Readonly<
    Record<
      string,
      { readonly type: string; readonly properties?: { readonly templateFile?: string; readonly stackName?: string } }
    >
  >;
}

interface PipelineTemplate {
  readonly stackName: string;
  readonly templateFile: string;
  readonly template: SynthesisedTemplate;
  readonly logicalId: string;
}

/** Account and region to which the pipeline's stack is deployed. */
export type Home = Omit<StackIdentity, 'stackName'>;

/**
 * Reads the pipeline of a cloud assembly.
 *
 * @param directory Directory of the assembly, usually `cdk.out`.
 * @param deployed Resources of the pipeline's stack. @default - not deployed yet; names are predicted
 * @throws Refusal with everything that a rehearsal does not support.
 */
export async function readPipeline(directory: string, home: Home, deployed?: DeployedResources): Promise<Pipeline> {
  const { stackName, templateFile, template, logicalId } = await findPipeline(directory);
  const problems: RefusedPart[] = [];
  const intrinsics = new Intrinsics(template, { ...home, stackName }, problems, deployed);
  const properties = template.Resources[logicalId]!.Properties ?? {};
  const path = `Resources.${logicalId}.Properties`;
  for (const [property, value] of Object.entries(properties)) {
    if (PIPELINE_PROPERTIES.includes(property)) continue;
    problems.push({ path: `${path}.${property}`, value, remedy: 'not supported by a rehearsal; remove the property' });
  }
  const stages = (properties.Stages ?? []).map((stage: Record<string, unknown>, index: number): Stage => {
    const stagePath = `${path}.Stages[${index}]`;
    for (const [property, value] of Object.entries(stage)) {
      if (property === 'Name' || property === 'Actions') continue;
      problems.push({
        path: `${stagePath}.${property}`,
        value,
        remedy: 'not supported by a rehearsal; remove the property',
      });
    }
    const name = String(stage.Name);
    const actions = (stage.Actions ?? []) as readonly Record<string, unknown>[];
    return {
      name,
      actions: actions.flatMap((action, at) => {
        const read = readAction(action, {
          stage: name,
          path: `${stagePath}.Actions[${at}]`,
          region: home.region,
          template,
          intrinsics,
          problems,
        });
        return read ? [read] : [];
      }),
    };
  });
  const name = intrinsics.name(logicalId, path);
  const roleArn = intrinsics.optional(properties.RoleArn, `${path}.RoleArn`);
  const artifactBucket = intrinsics.optional(properties.ArtifactStore?.Location, `${path}.ArtifactStore.Location`);
  if (problems.length > 0) {
    // Actions that share a project report the same problems.
    const distinct = [...new Map(problems.map((problem) => [problem.path, problem])).values()];
    throw new Refusal(`the pipeline in ${join(directory, templateFile)}`, distinct);
  }
  return { name, stackName, templateFile, roleArn, artifactBucket, stages };
}

async function findPipeline(directory: string): Promise<PipelineTemplate> {
  const manifest: Manifest = await readJson(join(directory, 'manifest.json'));
  const found: PipelineTemplate[] = [];
  for (const [id, { type, properties }] of Object.entries(manifest.artifacts)) {
    if (type !== 'aws:cloudformation:stack' || !properties?.templateFile) continue;
    const templateFile = properties.templateFile;
    const template: SynthesisedTemplate = await readJson(join(directory, templateFile));
    for (const [logicalId, resource] of Object.entries(template.Resources)) {
      if (resource.Type !== 'AWS::CodePipeline::Pipeline') continue;
      found.push({ stackName: properties.stackName ?? id, templateFile, template, logicalId });
    }
  }
  if (found.length === 1) return found[0]!;
  throw new Refusal(`the cloud assembly ${directory}`, [
    {
      path: 'manifest.json',
      value: found.map(({ templateFile, logicalId }) => `${templateFile}: ${logicalId}`),
      remedy: 'the top-level stacks must contain exactly one AWS::CodePipeline::Pipeline',
    },
  ]);
}

async function readJson<T>(file: string): Promise<T> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new Error(`cannot read ${file}; synthesise the app first (npx cdk synth)`, { cause });
  }
}
