import type { Denial, RoleUse, ServicePrincipal } from '../../embedded-aws/access/access-control';
import type { AccessNeed } from '../../embedded-aws/access/need';
import type { Caller } from '../../embedded-aws/scope';
import type { SessionCredentials } from '../../embedded-aws/sts/credentials';
import type { World } from '../../embedded-aws/world';
import { projectArn } from './actions/code-build';
import type { Home } from './assembly';
import type { Action, ActionBase, BuildAction, CodeBuildProject, Pipeline } from './model';

interface PipelineAccessProps {
  readonly world: World;
  readonly home: Required<Home>;
  readonly pipeline: Pipeline;
}

/** Characters of the pipeline's and of the artifact's name in an artifact's key, as seen in artifact buckets. */
const KEY_PARTS = { pipeline: 20, artifact: 10 };

/**
 * What CodePipeline and CodeBuild do by themselves, under the roles of the pipeline, its actions and its projects.
 *
 * Sources: CodePipeline user guide, "Manage the CodePipeline service role" (permissions by provider); CodeBuild user
 * guide, "Create a CodeBuild service role". Both describe `aws:SourceArn` and `aws:SourceAccount` in the trust policy
 * ("Cross-service confused deputy prevention").
 */
export class PipelineAccess {
  readonly #world: World;
  readonly #home: Required<Home>;
  readonly #pipeline: Pipeline;

  constructor({ world, home, pipeline }: PipelineAccessProps) {
    this.#world = world;
    this.#home = home;
    this.#pipeline = pipeline;
  }

  /** @returns Why the pipeline cannot run an action; undefined when it can. */
  check(action: Action): Denial | undefined {
    const { roleArn: pipelineRole } = this.#pipeline;
    if (pipelineRole === undefined) return undefined;
    const { access } = this.#world;
    if (action.roleArn === undefined || action.roleArn === pipelineRole) {
      const use: RoleUse = { ...this.#service, roleArn: pipelineRole, session: SESSION };
      return first([this.#needs(action)].flat(), (need) => access.checkRole(use, need));
    }
    // The pipeline assumes the action's role with its own.
    return (
      access.checkTrust(this.#service, pipelineRole) ??
      access.checkTrust(this.#signer(pipelineRole, action.region), action.roleArn) ??
      first(this.#needs(action), (need) => access.check(this.#signer(action.roleArn!, action.region), need))
    );
  }

  /**
   * @returns Credentials of an action's role, or of the pipeline's.
   * @throws AwsError AccessDenied when it cannot be assumed.
   */
  credentials({ roleArn, region }: ActionBase): SessionCredentials | undefined {
    const { roleArn: pipelineRole } = this.#pipeline;
    const { sts } = this.#world;
    if (pipelineRole === undefined) return roleArn === undefined ? undefined : sts.issue(roleArn, SESSION);
    if (roleArn === undefined || roleArn === pipelineRole) return sts.assumeRole(this.#service, pipelineRole, SESSION);
    return sts.assumeRole(this.#signer(pipelineRole, region), roleArn, SESSION);
  }

  /** @returns Why a build cannot start, write its log, or use its artifacts; undefined when it can. */
  checkBuild({ project, inputs, outputs }: BuildAction): Denial | undefined {
    const log = (resource: string) =>
      this.#arn('logs', `log-group:${project.logGroup ?? `/aws/codebuild/${project.name}`}${resource}`);
    return first(
      [
        ...(project.logGroup === undefined ? [{ action: 'logs:CreateLogGroup', resource: log('') }] : []),
        { action: 'logs:CreateLogStream', resource: log(':log-stream:build') },
        { action: 'logs:PutLogEvents', resource: log(':log-stream:build') },
        ...inputs.flatMap((name) => this.#artifact(['s3:GetObject', 's3:GetObjectVersion'], name)),
        ...outputs.flatMap((name) => this.#artifact(['s3:PutObject'], name)),
      ],
      (need) => this.#checkProject(project, need),
    );
  }

  /** @returns Whether a build can read and write the cache of its project. */
  mayCache(project: CodeBuildProject): boolean {
    if (project.cache === undefined) return true;
    const resource = `arn:${this.#home.partition}:s3:::${project.cache.replace('#', '/')}/cache`;
    const needs = ['s3:GetObject', 's3:PutObject'].map((action) => ({ action, resource }));
    return first(needs, (need) => this.#checkProject(project, need)) === undefined;
  }

  /** @returns Whether a build can report test results to a report group of its project. */
  mayReport(project: CodeBuildProject, group: string): boolean {
    const resource = this.#arn('codebuild', `report-group/${project.name}-${group}`);
    const actions = ['CreateReportGroup', 'CreateReport', 'UpdateReport', 'BatchPutTestCases'];
    const needs = actions.map((action) => ({ action: `codebuild:${action}`, resource }));
    return first(needs, (need) => this.#checkProject(project, need)) === undefined;
  }

  #checkProject(project: CodeBuildProject, need: AccessNeed): Denial | undefined {
    const sourceArn = projectArn(this.#home, project.name);
    const use = { service: 'codebuild.amazonaws.com', sourceArn, roleArn: project.roleArn, session: 'AWSCodeBuild' };
    return this.#world.access.checkRole(use, need);
  }

  #needs(action: Action): readonly AccessNeed[] {
    switch (action.type) {
      case 'Source': {
        const { connectionArn: resource, repository } = action;
        const service = resource.split(':')[2];
        return [
          {
            action: `${service}:UseConnection`,
            resource,
            context: { [`${service}:FullRepositoryId`]: repository, [`${service}:BranchName`]: action.branch },
          },
          ...action.outputs.flatMap((name) => this.#artifact(['s3:PutObject'], name)),
        ];
      }
      case 'CodeBuild':
      case 'SelfMutation': {
        const resource = projectArn(this.#home, action.project.name);
        return ['codebuild:StartBuild', 'codebuild:BatchGetBuilds'].map((name) => ({ action: name, resource }));
      }
      case 'Lambda': {
        const resource = this.#arn('lambda', `function:${action.functionName}`, action.region);
        return [{ action: 'lambda:InvokeFunction', resource }];
      }
      // What these actions call of CloudFormation, the endpoint authorises.
      case 'CreateUpdateStack':
      case 'ReplaceChangeSet':
      case 'ExecuteChangeSet':
        return action.inputs.flatMap((name) => this.#artifact(['s3:GetObject'], name));
    }
  }

  #artifact(actions: readonly string[], name: string): readonly AccessNeed[] {
    const { artifactBucket, name: pipeline } = this.#pipeline;
    if (artifactBucket === undefined) return [];
    const key = `${pipeline.slice(0, KEY_PARTS.pipeline)}/${name.slice(0, KEY_PARTS.artifact)}/artifact`;
    const resource = `arn:${this.#home.partition}:s3:::${artifactBucket}/${key}`;
    return actions.map((action) => ({ action, resource }));
  }

  get #service(): ServicePrincipal {
    return { service: 'codepipeline.amazonaws.com', sourceArn: this.#arn('codepipeline', this.#pipeline.name) };
  }

  /** The session of a role. */
  #signer(roleArn: string, region: string): Caller {
    const accountId = roleArn.split(':')[4]!;
    const name = roleArn.slice(roleArn.lastIndexOf('/') + 1);
    return { accountId, region, arn: `arn:${this.#home.partition}:sts::${accountId}:assumed-role/${name}/${SESSION}` };
  }

  #arn(service: string, resource: string, region = this.#home.region): string {
    return `arn:${this.#home.partition}:${service}:${region}:${this.#home.accountId}:${resource}`;
  }
}

/** Name of the sessions in which CodePipeline uses roles. */
const SESSION = 'CodePipeline';

function first(needs: readonly AccessNeed[], check: (need: AccessNeed) => Denial | undefined): Denial | undefined {
  for (const need of needs) {
    const denial = check(need);
    if (denial) return denial;
  }
  return undefined;
}
