import { AwsError } from '../../errors';
import type { ResourceType } from '../../resource-type';
import { functionArn } from '../function-ref';
import { deleteIfPresent, type LambdaResourceContext } from './context';

/** Durations in virtual milliseconds. */
export const TIME = { create: 2_000, delete: 1_000 };

/** `AWS::Lambda::Version`: publishes `$LATEST`. */
export function versionType({ scope, functions, sleep }: LambdaResourceContext): ResourceType {
  return {
    type: 'AWS::Lambda::Version',
    accepts: ['FunctionName', 'CodeSha256', 'Description'],
    replacedBy: ['FunctionName', 'CodeSha256', 'Description'],

    async create({ FunctionName, CodeSha256, Description }) {
      await sleep(TIME.create);
      const { version, isNew } = functions.publish(functions.get(FunctionName), Description, CodeSha256);
      const ref = { name: version.functionName, qualifier: version.version };
      const arn = functionArn(scope, ref);
      // Lambda would return the existing version; CloudFormation refuses it (aws/aws-cdk issues 28252, 35540).
      if (!isNew) {
        throw new AwsError(
          'AlreadyExists',
          `Resource handler returned message: "Version already exists: [${arn}]. Please modify the function to create ` +
            'a new version. (Service: Lambda, Status Code: 409)" (HandlerErrorCode: AlreadyExists)',
          409,
        );
      }
      return { id: arn, attributes: { Version: version.version, FunctionArn: arn } };
    },

    async update(id) {
      throw new Error(`${id}: no property of a version can be updated`);
    },

    async delete(id) {
      await sleep(TIME.delete);
      deleteIfPresent(() => {
        const { function: target, version } = functions.resolve(id);
        functions.deleteVersion(target, version.version);
      });
    },
  };
}
