import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluateAccess, type NamedPolicy } from '../../../aws-rules/access/evaluate';
import { parsePolicy } from '../../../aws-rules/access/policy';
import { releaseNames } from '../../../lib/names/release-names';
import { cloudFormationPermissions } from '../../../lib/permissions/cloudformation-permissions';
import { deployActionPermissions } from '../../../lib/permissions/deploy-permissions';
import { completePackage } from '../../../lib/service/complete-package';
import { HOME } from '../environments';

/** A stack name of which CloudFormation keeps the same 24 characters in both environments. */
const SERVICE = 'customer-notification-service';
const OTHER = `${SERVICE}-production`;
const BUCKET = 'customer-notification-se-serverlessdeploymentbuck-1a2b3c4d5e6f';

const names = releaseNames(SERVICE, 'staging');
const POLICIES = {
  [names.cloudFormationRole]: cloudFormationPermissions(HOME, names, []),
  [names.deployRole]: deployActionPermissions(HOME, names),
};

function may(role: string, action: string, resource: string, resourcePolicy?: NamedPolicy, context = {}): boolean {
  const Statement = (POLICIES[role] ?? []).map((statement) => statement.toStatementJson());
  return evaluateAccess({
    request: {
      principal: {
        type: 'session',
        accountId: HOME.account,
        arn: `arn:aws:sts::${HOME.account}:assumed-role/${role}/session`,
        roleArn: `arn:aws:iam::${HOME.account}:role/release/${role}`,
      },
      action,
      resource,
      context,
    },
    identityPolicies: [{ name: role, document: parsePolicy({ Version: '2012-10-17', Statement }) }],
    ...(resourcePolicy && { resourcePolicy }),
  }).allowed;
}

/** The policy of an environment's deployment bucket, as `npm run package` completes it. */
function bucketPolicy(environment: string): NamedPolicy {
  const directory = mkdtempSync(join(tmpdir(), 'package-'));
  try {
    const PolicyDocument = { Version: '2012-10-17', Statement: [] };
    const template = {
      Resources: {
        ServerlessDeploymentBucketPolicy: { Type: 'AWS::S3::BucketPolicy', Properties: { PolicyDocument } },
      },
    };
    const provider = { compiledCloudFormationTemplate: template };
    writeFileSync(
      join(directory, 'serverless-state.json'),
      JSON.stringify({ service: { service: SERVICE, provider } }),
    );
    completePackage({ directory, environment, repository: 'acme/notifications' });
    const state = readFileSync(join(directory, 'serverless-state.json'), 'utf8');
    const completed = JSON.parse(state).service.provider.compiledCloudFormationTemplate.Resources;
    const text = JSON.stringify(completed.ServerlessDeploymentBucketPolicy.Properties.PolicyDocument)
      .replace(/\{"Fn::Sub":("[^"]*")\}/g, '$1')
      .replaceAll(`\${AWS::Partition}`, 'aws')
      .replaceAll(`\${AWS::AccountId}`, HOME.account)
      .replaceAll(`\${ServerlessDeploymentBucket}`, BUCKET);
    return { name: 'bucket', document: parsePolicy(JSON.parse(text)) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const iam = (kind: string, name: string) => `arn:aws:iam::${HOME.account}:${kind}/${name}`;
const here = (service: string, resource: string) => `arn:aws:${service}:${HOME.region}:${HOME.account}:${resource}`;

test.each([
  [
    'iam:PassRole',
    (stack: string) => iam('role', `${stack}-IamRole`),
    { 'iam:PassedToService': 'lambda.amazonaws.com' },
  ],
  ['iam:DeleteRole', (stack: string) => iam('role', `${stack}-IamRole`), {}],
  ['codedeploy:DeleteApplication', (stack: string) => here('codedeploy', `application:${stack}-deployments`), {}],
  [
    'codedeploy:UpdateDeploymentGroup',
    (stack: string) => here('codedeploy', `deploymentgroup:${stack}-deployments/${stack}-Hello`),
    {},
  ],
  ['lambda:UpdateFunctionCode', (stack: string) => here('lambda', `function:${stack}-hello`), {}],
])(
  "%s is allowed on an environment's own resources only, whatever CloudFormation would shorten",
  (action, of, context) => {
    const role = names.cloudFormationRole;
    expect(may(role, action, of(names.serviceStack), undefined, context)).toBe(true);
    expect(may(role, action, of(OTHER), undefined, context)).toBe(false);
  },
);

test.each([
  [names.deployRole, 's3:PutObject', `arn:aws:s3:::${BUCKET}/serverless/x.zip`],
  [names.deployRole, 's3:ListBucket', `arn:aws:s3:::${BUCKET}`],
  [names.cloudFormationRole, 's3:DeleteBucketPolicy', `arn:aws:s3:::${BUCKET}`],
])('%s may %s its own deployment bucket, and not the one of which the name begins alike', (role, action, resource) => {
  expect(may(role, action, resource, bucketPolicy('staging'))).toBe(true);
  expect(may(role, action, resource, bucketPolicy('production'))).toBe(false);
});
