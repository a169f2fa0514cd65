import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { IConstruct } from 'constructs';
import { BUILD_SPEC, synthesise, TWO_ACCOUNTS, TWO_ENVIRONMENTS, TWO_REGIONS } from './fixtures';

const { app, pipeline, build } = synthesise(TWO_ENVIRONMENTS);
const { pipeline: across } = synthesise(TWO_ACCOUNTS);

interface Stage {
  readonly Name: string;
  readonly Actions: readonly {
    readonly Name: string;
    readonly RunOrder: number;
    readonly ActionTypeId: { readonly Provider: string };
  }[];
}

function actions(template = pipeline): string[] {
  const [resource] = Object.values(template.findResources('AWS::CodePipeline::Pipeline'));
  return resource?.Properties.Stages.flatMap(({ Name, Actions }: Stage) =>
    Actions.map((action) => `${Name} ${action.RunOrder} ${action.Name}: ${action.ActionTypeId.Provider}`),
  );
}

test('a push goes through Source, Build and self-update, and then through the environments in their order', () => {
  expect(actions()).toEqual([
    'Source 1 GitHub: CodeStarSourceConnection',
    'Build 1 Build: CodeBuild',
    'UpdatePipeline 1 SelfMutate: CodeBuild',
    'staging 1 greeter-staging-release.Deploy: CloudFormation',
    'staging 2 Canary: Lambda',
    'staging 2 Deploy: CodeBuild',
    'prod 1 greeter-prod-release.Deploy: CloudFormation',
    'prod 2 Canary: Lambda',
    'prod 2 Deploy: CodeBuild',
  ]);
});

test('the pipeline has the name of its stack, which its functions use', () => {
  pipeline.hasResourceProperties('AWS::CodePipeline::Pipeline', { Name: 'PipelineStack' });
});

test('executions do not overlap in a stage, and an updated pipeline starts again', () => {
  pipeline.hasResourceProperties('AWS::CodePipeline::Pipeline', {
    PipelineType: 'V2',
    ExecutionMode: 'SUPERSEDED',
    RestartExecutionOnUpdate: true,
  });
});

test('a push to the configured branch starts the pipeline', () => {
  pipeline.hasResourceProperties('AWS::CodePipeline::Pipeline', {
    Stages: Match.arrayWith([
      {
        Name: 'Source',
        Actions: [
          Match.objectLike({
            Configuration: Match.objectLike({
              FullRepositoryId: 'acme/greeter',
              BranchName: 'main',
              DetectChanges: true,
            }),
          }),
        ],
      },
    ]),
  });
});

test('without a configured connection the stack creates one, and an output says where to complete it', () => {
  pipeline.hasResourceProperties('AWS::CodeConnections::Connection', {
    ConnectionName: 'PipelineStack-github',
    ProviderType: 'GitHub',
  });
  pipeline.hasOutput('ConnectionArn', { Value: { 'Fn::GetAtt': ['Connection', 'ConnectionArn'] } });
  pipeline.hasOutput('CompleteConnection', {
    Value: {
      'Fn::Join': [
        '',
        [
          'https://',
          { Ref: 'AWS::Region' },
          '.console.aws.amazon.com/codesuite/settings/connections?region=',
          { Ref: 'AWS::Region' },
        ],
      ],
    },
  });
});

test('a configured connection is used, with permission for the action that matches its ARN', () => {
  const connectionArn =
    'arn:aws:codeconnections:eu-central-1:111111111111:connection/0a1b2c3d-0000-4000-8000-0123456789ab';
  const { pipeline: connected } = synthesise({ ...TWO_ENVIRONMENTS, connectionArn });
  connected.resourceCountIs('AWS::CodeConnections::Connection', 0);
  connected.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: ['codeconnections:UseConnection', 'codestar-connections:UseConnection'],
          Resource: connectionArn,
        }),
      ]),
    },
  });
});

test('Build runs buildspec.yml, and outputs the assembly and the packages', () => {
  const { artifacts, ...rest } = build('CdkBuildProject').buildSpec;
  expect(rest).toEqual({ ...BUILD_SPEC, version: '0.2' });
  expect(artifacts).toEqual({
    'secondary-artifacts': {
      Build_Output: { 'base-directory': 'cdk.out', files: ['**/*'] },
      Build__package: { 'base-directory': '.package', files: ['**/*'] },
    },
  });
});

test("Jest's results become a test report, which Build has permission to write", () => {
  expect(build('CdkBuildProject').buildSpec.reports).toEqual({
    jest: { 'base-directory': 'reports', files: ['jest.xml'], 'file-format': 'JUNITXML' },
  });
  pipeline.hasResourceProperties('AWS::IAM::Policy', {
    PolicyName: Match.stringLikeRegexp('CdkBuildProjectRole'),
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Action: Match.arrayWith(['codebuild:BatchPutTestCases', 'codebuild:CreateReport']) }),
      ]),
    },
  });
});

test("Build gets the ARNs of the role and the topic for each environment's package", () => {
  const arn = (...after: unknown[]) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ...after]] });
  const topic = (name: string) =>
    arn(':sns:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, `:greeter-${name}-alarms`);
  const role = (name: string) =>
    arn(':iam::', { Ref: 'AWS::AccountId' }, `:role/release/greeter-${name}-cloudformation`);
  expect(build('CdkBuildProject').variables).toEqual({
    STAGING_CLOUDFORMATION_ROLE_ARN: role('staging'),
    STAGING_ALARM_TOPIC_ARN: topic('staging'),
    PROD_CLOUDFORMATION_ROLE_ARN: role('prod'),
    PROD_ALARM_TOPIC_ARN: topic('prod'),
  });
});

test('each build has a cache of npm packages of its own, by the hash of the lock file', () => {
  for (const [project, owner] of [
    ['CdkBuildProject', 'build'],
    ['stagingDeploy', 'deploy-staging'],
    ['prodDeploy', 'deploy-prod'],
  ] as const) {
    const { properties, buildSpec } = build(project);
    expect(properties.Cache).toEqual({
      Type: 'S3',
      Location: { 'Fn::Join': ['/', [{ Ref: expect.stringMatching(/^BucketsCache/) }, owner]] },
    });
    expect(buildSpec.cache).toEqual({
      key: 'npm-$(codebuild-hash-files package-lock.json)',
      'fallback-keys': ['npm-'],
      paths: ['node_modules/**/*', '/root/.npm/**/*'],
    });
  }
});

test.each([
  ['CdkBuildProjectRole', 'build'],
  ['stagingdeployactionrole', 'deploy-staging'],
  ['proddeployactionrole', 'deploy-prod'],
])('the role of %s may read and write its own cache only', (role, owner) => {
  const policies = Object.entries(pipeline.findResources('AWS::IAM::Policy')).filter(([id]) => id.includes(role));
  const statements = policies.flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
  const resources = statements.flatMap(({ Resource }) => Resource);
  const bucket = { 'Fn::GetAtt': [expect.stringMatching(/^BucketsCache/), 'Arn'] };
  expect(resources.filter((resource) => JSON.stringify(resource).includes('"BucketsCache'))).toEqual([
    bucket,
    { 'Fn::Join': ['', [bucket, `/${owner}/*`]] },
  ]);
});

test('CodeBuild and CodePipeline may use their roles for this account only', () => {
  const trusts = Object.values(pipeline.findResources('AWS::IAM::Role')).flatMap(
    ({ Properties }) => Properties.AssumeRolePolicyDocument.Statement,
  );
  const ofServices = trusts.filter(({ Principal }) => /^code(build|pipeline)\./.test(Principal.Service ?? ''));
  expect(ofServices.length).toBeGreaterThanOrEqual(5);
  for (const { Condition } of ofServices) {
    expect(Condition).toEqual({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } });
  }
});

test('the pipeline updates itself with the given CLI version, on the Node version of the builds', () => {
  const { install } = build('SelfMutation').buildSpec.phases;
  expect(install).toEqual({
    'runtime-versions': BUILD_SPEC.phases.install['runtime-versions'],
    commands: ['npm install -g aws-cdk@2.1148.1'],
  });
});

test('every build runs on ARM, unprivileged, and its log is kept for three months', () => {
  pipeline.allResourcesProperties('AWS::CodeBuild::Project', {
    Environment: Match.objectLike({
      Image: 'aws/codebuild/amazonlinux-aarch64-standard:3.0',
      Type: 'ARM_CONTAINER',
      ComputeType: 'BUILD_GENERAL1_SMALL',
      PrivilegedMode: false,
    }),
    LogsConfig: { CloudWatchLogs: { Status: 'ENABLED', GroupName: Match.anyValue() } },
  });
  pipeline.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
});

test('every bucket is private, encrypted, accessible by TLS only, and its objects expire', () => {
  pipeline.resourceCountIs('AWS::S3::Bucket', 3);
  pipeline.allResourcesProperties('AWS::S3::Bucket', {
    BucketEncryption: Match.anyValue(),
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    LifecycleConfiguration: { Rules: [{ ExpirationInDays: Match.anyValue(), Status: 'Enabled' }] },
  });
  pipeline.allResourcesProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: Match.objectLike({
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      ]),
    }),
  });
});

test('there is a customer managed key only if another account reads the artifacts, and it rotates', () => {
  pipeline.resourceCountIs('AWS::KMS::Key', 0);
  across.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
});

test('artifacts for an environment in another account and region are encrypted with a key that rotates', () => {
  const { app } = synthesise(TWO_REGIONS);
  const support = app.node.children.find(({ node }) => node.id.startsWith('cross-region-stack-')) as Stack;
  Template.fromStack(support).hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
});

test('each environment adds one ReleaseStack, which differs from the others only by its name', () => {
  const three = synthesise({
    ...TWO_ENVIRONMENTS,
    environments: [{ name: 'staging' }, { name: 'preview' }, { name: 'prod' }],
  });
  const stacks = (app: IConstruct) => app.node.findAll().filter((each) => Stack.isStack(each)).length;
  expect(stacks(three.app) - stacks(app)).toBe(1);

  const [staging, preview, prod] = ['staging', 'preview', 'prod'].map((name) =>
    JSON.stringify(three.release(name).toJSON())
      .replaceAll(name, 'anywhere')
      .replaceAll('greeter-prod', 'greeter-anywhere')
      // aws-cdk-lib makes the id of this statement from the path of the rule, with a hash.
      .replace(/"AllowEventRulePipelineStack\w+"/, '"AllowEventRule"'),
  );
  expect(preview).toBe(staging);
  expect(prod).toBe(staging);
});

test("the self-update publishes the code of the pipeline's functions, and may assume the role for that", () => {
  pipeline.hasResourceProperties('AWS::IAM::Policy', {
    PolicyName: Match.stringLikeRegexp('SelfMutation'),
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: 'sts:AssumeRole',
          Condition: {
            'ForAnyValue:StringEquals': {
              'iam:ResourceTag/aws-cdk:bootstrap-role': Match.arrayWith(['file-publishing', 'deploy']),
            },
          },
        }),
      ]),
    },
  });
});

test('no environment has assets to publish', () => {
  expect(actions().join()).not.toContain('Assets');
  expect(actions(across).join()).not.toContain('Assets');
});

const FUNCTIONS = {
  'PipelineStack-canary': ['canary-action.handler', 120],
  'PipelineStack-notifier': ['notifier.handler', 60],
  'PipelineStack-alarm-board': ['alarm-board.handler', 20],
} as const;

test.each(Object.entries(FUNCTIONS))(
  '%s has a role of the same name, and a log that is kept for three months',
  (name, [handler, timeout]) => {
    across.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: name,
      Handler: handler,
      Timeout: timeout,
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 512,
      Role: {
        'Fn::GetAtt': [
          Object.keys(across.findResources('AWS::IAM::Role', { Properties: { RoleName: name } }))[0],
          'Arn',
        ],
      },
      ReservedConcurrentExecutions: Match.absent(),
    });
    across.hasResourceProperties('AWS::Logs::LogGroup', { LogGroupName: `/aws/lambda/${name}`, RetentionInDays: 90 });
  },
);

test('the pipeline has no other functions, however many environments it has', () => {
  across.resourceCountIs('AWS::Lambda::Function', Object.keys(FUNCTIONS).length);
});

test('only accounts of environments may invoke the function that draws the alarms on their dashboards', () => {
  across.hasResourceProperties('AWS::Lambda::Permission', {
    Action: 'lambda:InvokeFunction',
    FunctionName: { 'Fn::GetAtt': [Match.stringLikeRegexp('^AlarmBoard'), 'Arn'] },
    Principal: '222222222222',
  });
  const forAccounts = (template: typeof pipeline) =>
    Object.values(template.findResources('AWS::Lambda::Permission')).filter(
      ({ Properties }) => Properties.Principal !== 'events.amazonaws.com',
    );
  expect(forAccounts(across)).toHaveLength(1);
  expect(forAccounts(pipeline)).toHaveLength(0);
});
