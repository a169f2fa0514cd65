import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type AccountRegion, inRegion, type ReleaseNames, roleArn } from '../names/release-names';
import { deploymentBucketArn } from './cloudformation-permissions';
import { readPermissions } from './read-permissions';
import { recordPermissions } from './record-permissions';

/**
 * What a Deploy action may do in an environment: what `sls deploy --package` calls itself, and what it takes to find
 * out how the release ended and to record it. It changes the service only through CloudFormation, with the
 * environment's CloudFormation role; the one exception is the deletion of old versions by sls.
 */
export function deployActionPermissions(location: AccountRegion, names: ReleaseNames): PolicyStatement[] {
  const serviceStack = inRegion(location, 'cloudformation', `stack/${names.serviceStack}/*`);
  const cloudFormationRole = roleArn(location, names, names.cloudFormationRole);
  const bucket = deploymentBucketArn(location, names);
  const allow = (actions: string[], resources: string[]) => new PolicyStatement({ actions, resources });

  return [
    ...readPermissions(location, names),
    ...recordPermissions(location, names),
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
      conditions: {
        ArnEquals: { 'cloudformation:RoleArn': cloudFormationRole },
        // A change set that imports would take over what exists, such as another stack's resources.
        Null: { 'cloudformation:ImportResourceTypes': 'true' },
      },
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
        'lambda:DeleteFunction', // also deletes a version, see `pruneFunctionVersions` in serverless.yml
        'lambda:GetFunction',
        'lambda:ListAliases',
      ],
      [inRegion(location, 'lambda', `function:${names.serviceStack}-*`)],
    ),
    // ValidateTemplate has no resource: there is no stack yet.
    allow(['cloudformation:ValidateTemplate'], ['*']),
  ];
}
