import { type CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import type { Deployed, StackOfPackage } from './deployed';
import { asTemplate } from './template/template';

/** Reads the live template from CloudFormation. Never throws: that it cannot be read is a result too. */
export async function readDeployed(client: CloudFormationClient, stack: StackOfPackage): Promise<Deployed> {
  const { stackName, region } = stack;
  let body: string | undefined;
  try {
    const answer = await client.send(new GetTemplateCommand({ StackName: stackName, TemplateStage: 'Processed' }));
    body = answer.TemplateBody;
  } catch (error) {
    const { name, message } = error as Error;
    // CloudFormation has no specific error code for a stack that does not exist.
    if (name === 'ValidationError' && message.endsWith('does not exist')) return { type: 'nothing', stackName, region };
    const remedy = REMEDIES.find(([pattern]) => pattern.test(name))?.[1];
    return {
      type: 'unknown',
      why: `the template of ${stackName} in ${region} cannot be read: ${message.replace(/\.$/, '')}${remedy === undefined ? '' : `; ${remedy}`}`,
    };
  }
  try {
    return { type: 'template', template: asTemplate(JSON.parse(body ?? ''), `the template of ${stackName}`) };
  } catch (error) {
    const why = `the template of ${stackName} in ${region} cannot be understood: ${(error as Error).message}`;
    return { type: 'unknown', why };
  }
}

const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/^CredentialsProviderError$/, 'set AWS_PROFILE, or the credentials themselves'],
  [/^AccessDenied/, 'allow cloudformation:GetTemplate on the stack'],
  [/^(ExpiredToken|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch)/, 'get new credentials'],
];
