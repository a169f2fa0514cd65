import { bucketNameProblem } from '../../../aws-rules/limits/bucket-name';
import { bucketNames } from '../vectors/limits.json';

test.each(bucketNames.valid)('%s is the name of a bucket', (name) => {
  expect(bucketNameProblem(name)).toBeUndefined();
});

test.each(bucketNames.invalid)('S3 refuses %s: it %s', (name, problem) => {
  expect(bucketNameProblem(name!)).toBe(problem);
});
