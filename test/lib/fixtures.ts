import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { parse } from 'yaml';
import type { AppStage } from '../../lib/app-stage';
import type { BuildSpecFile } from '../../lib/config/build-spec-file';
import { pipelineConfig } from '../../lib/config/pipeline-config';
import { PipelineStack } from '../../lib/pipeline-stack';
import { GREETER } from './environments';
import { REPOSITORY, testApp } from './test-app';

export const BUILD_SPEC: BuildSpecFile = parse(readFileSync(join(REPOSITORY, 'buildspec.yml'), 'utf8'));

export const TWO_ENVIRONMENTS = {
  repository: 'acme/greeter',
  name: 'PipelineStack',
  branch: 'main',
  environments: [{ name: 'staging' }, { name: 'prod' }],
};

export const TWO_ACCOUNTS = {
  ...TWO_ENVIRONMENTS,
  account: '111111111111',
  region: 'eu-central-1',
  environments: [
    { name: 'staging' },
    { name: 'prod', account: '222222222222', deploymentType: 'Linear10PercentEvery10Minutes' },
  ],
};

/** The pipeline copies its artifacts to a bucket that CDK creates in the other region. */
export const TWO_REGIONS = {
  ...TWO_ACCOUNTS,
  environments: [{ name: 'prod', account: '222222222222', region: 'us-west-2' }],
};

export interface Synthesised {
  readonly app: App;
  readonly pipeline: Template;
  /** The template of an environment's ReleaseStack. */
  release(environment: string): Template;
  /** The buildspec and the variables of a CodeBuild project, which is found by a part of its logical id. */
  build(project: 'CdkBuildProject' | 'SelfMutation' | 'stagingDeploy' | 'prodDeploy'): Build;
}

export interface Build {
  readonly buildSpec: BuildSpecFile & {
    readonly artifacts?: unknown;
    readonly reports?: unknown;
    readonly env?: { readonly 'exported-variables'?: readonly string[] };
  };
  readonly variables: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: as CloudFormation has it
  readonly properties: any;
}

export function synthesise(config: unknown, service = GREETER): Synthesised {
  const app = testApp();
  const checked = pipelineConfig(config);
  const stack = new PipelineStack(app, 'PipelineStack', {
    config: checked,
    services: checked.environments.map(() => service),
    buildSpec: BUILD_SPEC,
    cdkCliVersion: '2.1148.1',
  });
  const pipeline = Template.fromStack(stack);
  return {
    app,
    pipeline,
    release: (environment) => {
      const stage = stack.node.findChild(environment) as AppStage;
      return Template.fromStack(stage.node.findChild('ReleaseStack') as Stack);
    },
    build: (project) => {
      const found = Object.entries(pipeline.findResources('AWS::CodeBuild::Project', Match.anyValue()));
      const [, { Properties: properties }] = found.find(([id]) => id.includes(project)) as [string, Resource];
      return {
        properties,
        buildSpec: JSON.parse(properties.Source.BuildSpec),
        variables: Object.fromEntries(
          (properties.Environment.EnvironmentVariables ?? []).map(({ Name, Value }: Variable) => [Name, Value]),
        ),
      };
    },
  };
}

interface Variable {
  readonly Name: string;
  readonly Value: unknown;
}

interface Resource {
  // biome-ignore lint/suspicious/noExplicitAny: as CloudFormation has it
  readonly Properties: any;
}
