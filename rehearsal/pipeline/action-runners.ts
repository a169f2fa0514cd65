import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { VirtualClock } from '../../embedded-aws/clock';
import type { Random } from '../../embedded-aws/random';
import type { World } from '../../embedded-aws/world';
import type { GitRepository } from '../scratch/git';
import type { Scratch } from '../scratch/scratch';
import type { ActionRunners } from './action-runner';
import { ExecuteChangeSetActions, ReplaceChangeSetActions } from './actions/change-set';
import { CodeBuildActions } from './actions/code-build';
import { CreateUpdateStackActions } from './actions/create-update-stack';
import { LambdaInvokeActions } from './actions/lambda-invoke';
import { SelfMutationActions } from './actions/self-mutation';
import { SourceActions } from './actions/source';
import type { Home } from './assembly';
import { BuildCache } from './codebuild/cache';
import type { CredentialsEndpoint } from './codebuild/credentials';
import { installedPackages } from './codebuild/installed-packages';
import type { SynthesisedTemplate } from './intrinsics';
import type { ActionBase } from './model';

/**
 * Builds look often at what happens in virtual time, and don't repeat the SDK's advice on this machine's Node. CDK's own
 * check of the templates, half of what a synthesis takes, is made by this repository's tests and by `cdk deploy`.
 */
const ADDITIONAL = {
  SLS_AWS_MONITORING_FREQUENCY: '200',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  CDK_VALIDATION: 'false',
};

export interface ActionRunnersProps {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly scratch: Scratch;
  /** where the pipeline is */
  readonly home: Required<Home>;
  /** what is pushed to */
  readonly repository: GitRepository;
  /** the person's work tree, whose installed packages the first build finds */
  readonly installed: string;
  readonly credentials: CredentialsEndpoint;
  /** the template that the pipeline was installed with */
  readonly template: SynthesisedTemplate;
  /** asked before each command of a build: whether to leave out the tests */
  readonly quick: () => boolean;
}

/** @returns what plays each kind of action against the embedded AWS */
export function actionRunners(props: ActionRunnersProps): ActionRunners {
  const { world, clock, home, scratch } = props;
  const stacks = { client: (action: ActionBase) => cloudFormationOf(world, action, home) };
  return {
    Source: new SourceActions(props.repository),
    CodeBuild: new CodeBuildActions({
      clock,
      home,
      scratch,
      credentials: props.credentials,
      cache: new BuildCache(scratch, installedPackages(props.installed, scratch)),
      random: props.random.stream('builds'),
      endpointUrl: world.url,
      host: process.env,
      additional: ADDITIONAL,
      skip: (command) => props.quick() && command === 'npm test',
    }),
    SelfMutation: new SelfMutationActions(props.template.Resources),
    CreateUpdateStack: new CreateUpdateStackActions(stacks),
    ReplaceChangeSet: new ReplaceChangeSetActions(stacks),
    ExecuteChangeSet: new ExecuteChangeSetActions(stacks),
    Lambda: new LambdaInvokeActions({
      clock,
      // CodePipeline invokes functions of its own account only (user guide, Lambda action reference).
      region: ({ region }) => world.region({ accountId: home.accountId, region }),
    }),
  };
}

function cloudFormationOf(world: World, { roleArn, region }: ActionBase, home: Required<Home>): CloudFormationClient {
  const credentials = roleArn ? world.sts.issue(roleArn, 'CodePipeline') : world.visitor(home.accountId);
  return new CloudFormationClient({ endpoint: world.url, region, credentials });
}
