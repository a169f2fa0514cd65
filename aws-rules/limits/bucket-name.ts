/** A rule for the name of a bucket, with what is wrong when it is not met. */
interface BucketNameRule {
  readonly pattern: RegExp;
  readonly problem: string;
}

/**
 * S3's rules for names of general purpose buckets, apart from the maximum of 63 characters, which is the quota `bucketName`.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
const RULES: readonly BucketNameRule[] = [
  { pattern: /^.{3,}$/, problem: 'has fewer than 3 characters' },
  {
    pattern: /^[a-z0-9.-]*$/,
    problem: 'contains something other than lower-case letters, digits, periods and hyphens',
  },
  { pattern: /^[a-z0-9].*[a-z0-9]$/i, problem: 'does not begin and end with a letter or digit' },
  { pattern: /^(?!.*\.\.)/, problem: 'contains two periods in a row' },
  { pattern: /^(?!\d+\.\d+\.\d+\.\d+$)/, problem: 'is formatted like an IP address' },
  { pattern: /^(?!xn--|sthree-|amzn-s3-demo-)/, problem: 'begins with what S3 reserves' },
  { pattern: /(?<!-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/, problem: 'ends with what S3 reserves' },
];

/** @returns What S3 refuses about a bucket's name, apart from its maximum length; undefined when it is valid. */
export function bucketNameProblem(name: string): string | undefined {
  return RULES.find(({ pattern }) => !pattern.test(name))?.problem;
}
