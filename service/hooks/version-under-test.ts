import { type CodeDeployClient, GetApplicationRevisionCommand, GetDeploymentCommand } from '@aws-sdk/client-codedeploy';

export interface VersionUnderTest {
  readonly functionName: string;
  readonly version: string;
}

/**
 * Which version a deployment is about to release. CodeDeploy does not tell the hook; the deployment's AppSpec does, of
 * which GetDeployment gives no more than the hash.
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
  const { applicationName, revision: known } = deploymentInfo ?? {};
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
  if (typeof target?.Name !== 'string' || !target.TargetVersion || others.length > 0) {
    throw new Error(`the AppSpec of deployment ${deploymentId} does not name one function and version: ${content}`);
  }
  return { functionName: target.Name, version: String(target.TargetVersion) };
}
