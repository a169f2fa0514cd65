import { AwsError } from '../../errors';
import type { RestRoute } from '../../protocol/rest';
import { policyDocument, statementDocument } from '../permission';
import { addStatement, readStatement, removeStatement, statementsOf } from '../resource-policy';
import { FUNCTIONS, type OperationContext } from './context';

const NO_POLICY = 'The resource you requested does not exist.';

/** Operations on the resource policies of functions, versions and aliases. */
export function permissionRoutes({ scope, functions }: OperationContext): RestRoute[] {
  const policy = `${FUNCTIONS}/{FunctionName}/policy`;
  return [
    {
      route: `GET ${policy}`,
      name: 'GetPolicy',
      accepts: ['FunctionName', 'Qualifier'],
      run: ({ FunctionName, Qualifier }) => {
        const target = functions.resolve(FunctionName, Qualifier);
        const statements = statementsOf(target);
        if (statements.length === 0) throw new AwsError('ResourceNotFoundException', NO_POLICY, 404);
        return { Policy: JSON.stringify(policyDocument(scope, target.ref, statements)) };
      },
    },
    {
      route: `POST ${policy}`,
      name: 'AddPermission',
      accepts: ['FunctionName', 'Qualifier', 'StatementId', 'Action', 'Principal', 'SourceArn', 'SourceAccount'],
      status: 201,
      run: (input) => {
        const target = functions.resolve(input.FunctionName, input.Qualifier);
        const statement = readStatement(input.StatementId, input);
        addStatement(target, statement);
        return { Statement: JSON.stringify(statementDocument(scope, target.ref, statement)) };
      },
    },
    {
      route: `DELETE ${policy}/{StatementId}`,
      name: 'RemovePermission',
      accepts: ['FunctionName', 'Qualifier', 'StatementId'],
      status: 204,
      run: ({ FunctionName, Qualifier, StatementId }) => {
        const removed = removeStatement(functions.resolve(FunctionName, Qualifier), StatementId);
        if (!removed) {
          throw new AwsError(
            'ResourceNotFoundException',
            `Statement ${StatementId} is not found in resource policy.`,
            404,
          );
        }
        return undefined;
      },
    },
  ];
}
