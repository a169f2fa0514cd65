import { Unsupported } from '../../errors';
import { physicalName } from '../../physical-name';
import type { Physical, Properties, ResourceType } from '../../resource-type';
import type { CodePackage } from '../code-store';
import type { LambdaFunction } from '../function';
import { CONFIGURATION_MEMBERS, readConfiguration } from '../function-configuration';
import { functionArn } from '../function-ref';
import { deleteIfPresent, type LambdaResourceContext } from './context';

/** Durations in virtual milliseconds, as observed in stacks on AWS. */
export const TIME = { create: 8_000, update: 12_000, delete: 2_000 };

/** `AWS::Lambda::Function`: what runs as `$LATEST`. */
export function functionType({ scope, functions, code, random, sleep }: LambdaResourceContext): ResourceType {
  const names = random.stream('names');

  function apply(target: LambdaFunction, properties: Properties): Physical {
    target.tags = Object.fromEntries((properties.Tags ?? []).map(({ Key, Value }: Properties) => [Key, Value]));
    const reserved = properties.ReservedConcurrentExecutions;
    target.reservedConcurrency = reserved === undefined ? undefined : Number(reserved);
    return { id: target.name, attributes: { Arn: functionArn(scope, { name: target.name }) } };
  }

  function fetch({ Code = {}, PackageType = 'Zip' }: Properties): CodePackage {
    if (PackageType !== 'Zip') throw new Unsupported(`AWS::Lambda::Function with PackageType ${PackageType}`);
    const unknown = Object.keys(Code).find((member) => member !== 'S3Bucket' && member !== 'S3Key');
    if (unknown) throw new Unsupported(`AWS::Lambda::Function with Code.${unknown}`);
    return code.fetch(Code.S3Bucket, Code.S3Key);
  }

  return {
    type: 'AWS::Lambda::Function',
    accepts: [
      'Architectures',
      'Code',
      'FunctionName',
      'PackageType',
      'ReservedConcurrentExecutions',
      'Tags',
      ...CONFIGURATION_MEMBERS,
    ],
    replacedBy: ['FunctionName', 'PackageType'],

    async create(properties, context) {
      await sleep(TIME.create);
      const name = properties.FunctionName ?? physicalName(context, names, { longest: 64 });
      return apply(functions.create(name, readConfiguration(name, properties), fetch(properties)), properties);
    },

    async update(name, properties) {
      await sleep(TIME.update);
      const target = functions.get(name);
      functions.update(target, readConfiguration(name, properties), fetch(properties));
      return apply(target, properties);
    },

    async delete(name) {
      await sleep(TIME.delete);
      deleteIfPresent(() => functions.delete(functions.get(name)));
    },
  };
}
