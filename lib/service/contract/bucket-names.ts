import { bucketNameProblem } from '../../../aws-rules/limits/bucket-name';
import { TemplateText } from '../../../aws-rules/limits/template-text';
import type { ContractBreach } from './contract-breach';
import type { PackagedService } from './packaged-service';
import { propertyPath, resourcesOf } from './resources-of';

/** Finds names of buckets that S3 refuses, e.g. with upper-case letters of the service's name. */
export function findBucketNames({ template, stack }: PackagedService): ContractBreach[] {
  const values = new TemplateText(template, stack);
  return resourcesOf(template, 'AWS::S3::Bucket').flatMap(([id, { Properties }]) => {
    const name = values.text(Properties.BucketName);
    const problem = name === undefined ? undefined : bucketNameProblem(name);
    if (problem === undefined) return [];
    return {
      severity: 'error',
      path: propertyPath(id, 'BucketName'),
      value: JSON.stringify(name),
      problem: `the name ${problem}, which S3 refuses`,
      remedy: 'write another name, or remove it and CloudFormation makes one',
    };
  });
}
