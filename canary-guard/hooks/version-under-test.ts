import { type CodeDeployClient, GetApplicationRevisionCommand, GetDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { isAllAtOnce } from '../rules/deployment-types.js';

/** What a hook has to know about the deployment that invoked it. */
export interface VersionUnderTest {
  /** Physical name of the function. */
  readonly functionName: string;
  readonly alias: string;
  readonly version: string;
  /** Version in service. Undefined if there is none but the version under test. */
  readonly baseline: string | undefined;
  readonly createdAt: Date;
  /** Whether all traffic goes to the new version at once, so that there is no canary. */
  readonly allAtOnce: boolean;
}

/**
 * Finds out which version a deployment releases. CodeDeploy does not send it to the hook; it is in the deployment's
 * AppSpec, of which GetDeployment returns only the hash.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeployment.html
 * @throws Error if the deployment has no AppSpec of one Lambda function.
 */
export async function versionUnderTest(
  codeDeploy: CodeDeployClient,
  deploymentId: string,
  abortSignal: AbortSignal,
): Promise<VersionUnderTest> {
  const { deploymentInfo } = await codeDeploy.send(new GetDeploymentCommand({ deploymentId }), { abortSignal });
  const { applicationName, revision: known, createTime, deploymentConfigName } = deploymentInfo ?? {};
  if (!createTime) throw new Error(`CodeDeploy returned no creation time of deployment ${deploymentId}`);
  const { revision } = await codeDeploy.send(new GetApplicationRevisionCommand({ applicationName, revision: known }), {
    abortSignal,
  });
  // `String` is the older of the two shapes of a revision; CloudFormation and the console send different ones.
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
    allAtOnce: isAllAtOnce(deploymentConfigName),
  };
}
