import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

// biome-ignore lint/suspicious/noExplicitAny: template JSON
type Json = any;

/** The smallest possible buildspec. */
export const BUILDSPEC = JSON.stringify({ version: '0.2', phases: { build: { commands: ['true'] } } });

export function action(provider: string, name: string, configuration: Json, more: Json = {}): Json {
  const category = { CodeStarSourceConnection: 'Source', CodeBuild: 'Build', CloudFormation: 'Deploy' }[provider];
  return {
    Name: name,
    ActionTypeId: { Category: category ?? 'Invoke', Owner: 'AWS', Provider: provider, Version: '1' },
    Configuration: configuration,
    RunOrder: 1,
    ...more,
  };
}

export function project(properties: Json = {}): Json {
  return {
    Type: 'AWS::CodeBuild::Project',
    Properties: {
      Artifacts: { Type: 'CODEPIPELINE' },
      Cache: { Type: 'NO_CACHE' },
      Environment: { Image: 'aws/codebuild/standard:7.0', Type: 'LINUX_CONTAINER' },
      ServiceRole: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Source: { Type: 'CODEPIPELINE', BuildSpec: BUILDSPEC },
      ...properties,
    },
  };
}

/** Writes a cloud assembly with one pipeline that has these stages. */
export async function writeAssembly(
  directory: string,
  stages: Readonly<Record<string, readonly Json[]>>,
  resources: Json = {},
  pipelineProperties: Json = {},
): Promise<void> {
  const files = {
    'manifest.json': {
      artifacts: {
        PipelineStack: {
          type: 'aws:cloudformation:stack',
          properties: { templateFile: 'PipelineStack.template.json' },
        },
        Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
      },
    },
    'PipelineStack.template.json': {
      Resources: {
        Role: { Type: 'AWS::IAM::Role', Properties: {} },
        Project: project(),
        ...resources,
        Pipeline: {
          Type: 'AWS::CodePipeline::Pipeline',
          Properties: {
            Name: 'service',
            PipelineType: 'V2',
            Stages: Object.entries(stages).map(([Name, Actions]) => ({ Name, Actions })),
            ...pipelineProperties,
          },
        },
      },
    },
  };
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), JSON.stringify(content));
  }
}
