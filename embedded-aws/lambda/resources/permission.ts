import type { ResourceType } from '../../resource-type';
import { addStatement, readStatement, removeStatement } from '../resource-policy';
import { deleteIfPresent, type LambdaResourceContext } from './context';

/** Durations in virtual milliseconds. */
const TIME = { create: 1_000, delete: 1_000 };

/** Properties, each of which replaces the permission when it changes. */
const PROPERTIES = ['Action', 'FunctionName', 'Principal', 'SourceAccount', 'SourceArn'];

/** `AWS::Lambda::Permission`: one statement of a resource policy. */
export function permissionType({ functions, random, sleep }: LambdaResourceContext): ResourceType {
  const ids = random.stream('statements');
  return {
    type: 'AWS::Lambda::Permission',
    accepts: PROPERTIES,
    replacedBy: PROPERTIES,

    async create(properties, { stackName, logicalId }) {
      await sleep(TIME.create);
      const target = functions.resolve(properties.FunctionName);
      const sid = `${stackName}-${logicalId}-${ids.text(12)}`;
      addStatement(target, readStatement(sid, properties));
      return { id: sid, attributes: { Id: sid } };
    },

    async update(id) {
      throw new Error(`${id}: no property of a permission can be updated`);
    },

    async delete(id, { FunctionName }) {
      await sleep(TIME.delete);
      deleteIfPresent(() => removeStatement(functions.resolve(FunctionName), id));
    },
  };
}
