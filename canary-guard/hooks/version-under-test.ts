import { type CodeDeployClient, GetApplicationRevisionCommand, GetDeploymentCommand } from '@aws-sdk/client-codedeploy';

/** What a hook has to know of the deployment that called it. */
export interface VersionUnderTest {
  readonly functionName: string;
  readonly alias: string;
  readonly version: string;
  /** the version in service; undefined if there is none but the one under test */
  readonly baseline: string | undefined;
  readonly createdAt: Date;
  /** whether all traffic goes to the new version at once, so that none of it tests it */
  readonly allAtOnce: boolean;
}

/**
 * Which version a deployment releases. CodeDeploy does not tell the hook; the deployment's AppSpec does, of which
 * GetDeployment gives no more than the hash.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeployment.html
 * @throws Error if the deployment has no AppSpec of one Lambda function
 */
export async function versionUnderTest(
  codeDeploy: CodeDeployClient,
  deploymentId: string,
  abortSignal: AbortSignal,
): Promise<VersionUnderTest> {
  const { deploymentInfo } = await codeDeploy.send(new GetDeploymentCommand({ deploymentId }), { abortSignal });
  const { applicationName, revision: known, createTime, deploymentConfigName } = deploymentInfo ?? {};
  if (!createTime) throw new Error(`CodeDeploy does not say when deployment ${deploymentId} was created`);
  const { revision } = await codeDeploy.send(new GetApplicationRevisionCommand({ applicationName, revision: known }), {
    abortSignal,
  });
  // `String` is the older of the two shapes of a revision; CloudFormation and the console differ in what they send.
  const content = revision?.string?.content ?? revision?.appSpecContent?.content;
  if (!content) throw new Error(`deployment ${deploymentId} has no AppSpec (revision type ${revision?.revisionType})`);

  const resources: unknown = JSON.parse(content).Resources;
  const properties = [resources]
    .flat()
    .flatMap((resource) => Object.values(resource ?? {}))
    .map((resource) => (resource as { Properties?: Record<string, unknown> }).Properties);
  const [target, ...others] = properties;
  const { Name, Alias, CurrentVersion, TargetVersion } = target ?? {};
  if (typeof Name !== 'string' || typeof Alias !== 'string' || !TargetVersion || others.length > 0) {
    throw new Error(
      `the AppSpec of deployment ${deploymentId} does not name one function, alias and version: ${content}`,
    );
  }
  const version = String(TargetVersion);
  return {
    functionName: Name,
    alias: Alias,
    version,
    baseline: CurrentVersion && String(CurrentVersion) !== version ? String(CurrentVersion) : undefined,
    createdAt: createTime,
    allAtOnce: deploymentConfigName === 'CodeDeployDefault.LambdaAllAtOnce',
  };
}
