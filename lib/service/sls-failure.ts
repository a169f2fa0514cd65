/** How sls says that it needs AWS and has no credentials, and how AWS denies those of the pipeline's build. */
const NEEDS_AWS = /AWS provider credentials not found|is not authorized to perform: [\w-]+:\w+|AccessDenied/;

const VARIABLE = /Cannot resolve variable at "([^"]+)"/g;

const BUILD =
  "the pipeline's Build packages the service for all environments, in the pipeline's account and without access to theirs";

/**
 * Explains a failure of sls that comes from reading the AWS account while a service is packaged: by variables such as
 * `${ssm:…}`, `${cf:…}`, `${s3:…}` and `${aws:accountId}`, by layers of the service, and by container images.
 *
 * @param output What sls printed.
 * @returns The reason and the remedy; undefined for any other failure.
 */
export function explainSlsFailure(output: string): string | undefined {
  if (!NEEDS_AWS.test(output)) return undefined;
  const paths = [...output.matchAll(VARIABLE)].map(([, path]) => path);
  if (paths.length > 0) {
    return (
      `${paths.join(', ')}: sls reads this value from AWS, and ${BUILD}; write {{resolve:ssm:/name}} in place of ` +
      `\${ssm:/name}, !ImportValue in place of \${cf:…}, !Ref AWS::AccountId in place of \${aws:accountId}, which ` +
      'CloudFormation resolves where it deploys, or a value for each environment under params'
    );
  }
  return (
    `sls reads the AWS account while it packages layers and container images, and ${BUILD}; deploy a layer by a stack of its ` +
    'own and name its ARN in layers of the function, and name an image with its digest (repository@sha256:…)'
  );
}
