import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { VirtualClock } from '../../embedded-aws/clock';
import type { Random } from '../../embedded-aws/random';
import type { World } from '../../embedded-aws/world';
import type { GitRepository } from '../scratch/git';
import type { Scratch } from '../scratch/scratch';
import type { ActionRunner, ActionRunners } from './action-runner';
import { AuthorizedActions, AuthorizedBuilds } from './actions/authorized-actions';
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
import type { Action, ActionBase, Pipeline } from './model';
import { PipelineAccess } from './pipeline-access';

/**
 * Environment variables of builds that exist only in a rehearsal. sls polls more often, because virtual time passes
 * fast. The SDK does not warn about this machine's Node version. CDK does not check its own rules, which take half of a
 * synthesis and are checked by this repository's tests and by `cdk deploy`.
 */
const ADDITIONAL_VARIABLES = {
  SLS_AWS_MONITORING_FREQUENCY: '200',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  CDK_VALIDATION: 'false',
};

interface ActionRunnersProps {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly scratch: Scratch;
  /** Account and region of the pipeline. */
  readonly home: Required<Home>;
  /** The repository from which source actions read. */
  readonly repository: GitRepository;
  /** Path of the user's work tree, whose installed packages the first build finds. */
  readonly installed: string;
  readonly credentials: CredentialsEndpoint;
  readonly pipeline: Pipeline;
  /** The template with which the pipeline was installed. */
  readonly template: SynthesisedTemplate;
  /**
   * Called before each command of a build.
   *
   * @returns Whether to skip the tests.
   */
  readonly quick: () => boolean;
}

/** @returns The runners that run each type of action against the embedded AWS. */
export function actionRunners(props: ActionRunnersProps): ActionRunners {
  const { world, clock, home, scratch } = props;
  const access = new PipelineAccess({ world, home, pipeline: props.pipeline });
  const authorized = <A extends Action>(runner: ActionRunner<A>) => new AuthorizedActions(runner, access);
  const stacks = { client: (action: ActionBase) => cloudFormationOf(world, access, action, home) };
  const builds = new CodeBuildActions({
    clock,
    home,
    scratch,
    credentials: props.credentials,
    cache: new BuildCache(scratch, installedPackages(props.installed, scratch)),
    random: props.random.stream('builds'),
    endpointUrl: world.url,
    host: process.env,
    additional: ADDITIONAL_VARIABLES,
    skip: (command) => props.quick() && command === 'npm test',
  });
  return {
    Source: authorized(new SourceActions(props.repository)),
    CodeBuild: authorized(new AuthorizedBuilds(builds, access)),
    SelfMutation: authorized(new SelfMutationActions(props.template.Resources)),
    CreateUpdateStack: authorized(new CreateUpdateStackActions(stacks)),
    ReplaceChangeSet: authorized(new ReplaceChangeSetActions(stacks)),
    ExecuteChangeSet: authorized(new ExecuteChangeSetActions(stacks)),
    Lambda: authorized(
      new LambdaInvokeActions({
        clock,
        // CodePipeline can only invoke functions in its own account (user guide, Lambda action reference).
        region: ({ region }) => world.region({ accountId: home.accountId, region }),
      }),
    ),
  };
}

function cloudFormationOf(
  world: World,
  access: PipelineAccess,
  action: ActionBase,
  home: Required<Home>,
): CloudFormationClient {
  const credentials = access.credentials(action) ?? world.visitor(home.accountId);
  return new CloudFormationClient({ endpoint: world.url, region: action.region, credentials });
}
