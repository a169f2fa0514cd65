import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { inRegion, type Place, type ReleaseNames, roleArn } from '../names/release-names';
import { deploymentBucketArn } from './cloudformation-permissions';
import { readPermissions } from './read-permissions';
import { recordPermissions } from './record-permissions';

/**
 * What a Deploy action may do in an environment: what `sls deploy --package` itself calls, and what it takes to tell
 * what became of the release and to write that down. It changes the service through CloudFormation alone, and only
 * with the environment's CloudFormation role; the one exception is the old versions that sls prunes.
 */
export function deployPermissions(place: Place, names: ReleaseNames): PolicyStatement[] {
  const serviceStack = inRegion(place, 'cloudformation', `stack/${names.serviceStack}/*`);
  const cloudFormationRole = roleArn(place, names, names.cloudFormationRole);
  const bucket = deploymentBucketArn(place, names);
  const allow = (actions: string[], resources: string[]) => new PolicyStatement({ actions, resources });

  return [
    ...readPermissions(place, names),
    ...recordPermissions(place, names),
    allow(
      [
        'cloudformation:DeleteChangeSet',
        'cloudformation:DescribeChangeSet',
        'cloudformation:DescribeStackResource',
        'cloudformation:DescribeStackResources',
        'cloudformation:ExecuteChangeSet',
        'cloudformation:GetTemplate',
      ],
      [serviceStack],
    ),
    new PolicyStatement({
      actions: ['cloudformation:CreateChangeSet'],
      resources: [serviceStack],
      conditions: { ArnEquals: { 'cloudformation:RoleArn': cloudFormationRole } },
    }),
    new PolicyStatement({
      actions: ['iam:PassRole'],
      resources: [cloudFormationRole],
      conditions: { StringEquals: { 'iam:PassedToService': 'cloudformation.amazonaws.com' } },
    }),
    allow(['s3:GetBucketLocation', 's3:ListBucket'], [bucket]),
    allow(['s3:AbortMultipartUpload', 's3:DeleteObject', 's3:GetObject', 's3:PutObject'], [`${bucket}/*`]),
    allow(
      [
        'lambda:DeleteFunction', // a version is deleted by it too, see `pruneFunctionVersions` in serverless.yml
        'lambda:GetFunction',
        'lambda:ListAliases',
      ],
      [inRegion(place, 'lambda', `function:${names.serviceStack}-*`)],
    ),
    // A template to be validated is no resource yet.
    allow(['cloudformation:ValidateTemplate'], ['*']),
  ];
}
