import { CloudFormationClient, CreateChangeSetCommand } from '@aws-sdk/client-cloudformation';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { readConfiguration } from '../../embedded-aws/lambda/function-configuration';
import { PipelineWorld, scope } from './pipeline-world';

let world: PipelineWorld;
let cloudFormation: CloudFormationClient;
let s3: S3Client;

beforeEach(async () => {
  world = new PipelineWorld();
  const config = await world.open();
  cloudFormation = new CloudFormationClient(config);
  s3 = new S3Client({ ...config, forcePathStyle: true });
});
afterEach(async () => {
  cloudFormation.destroy();
  s3.destroy();
  await world.close();
});

const text = (length: number) => 'n'.repeat(length);
const trust = {
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
};

/** @returns Why the resource could not be created; undefined when it was. */
async function refusal(resource: object, others: object = {}): Promise<string | undefined> {
  const result = await world.deploy({ It: resource, ...others });
  const failed = result.stack.events.all.find(({ status }) => status === 'CREATE_FAILED');
  await world.clock.spawn(() => world.clock.waitFor(world.region.cloudFormation.deleteStack('app')!));
  return failed?.reason;
}

describe('the longest name', () => {
  const alarm = {
    Namespace: 'n',
    MetricName: 'm',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold',
  };
  const lambda = { ComputePlatform: 'Lambda' };
  test.each<[string, number, string, object]>([
    ['AWS::IAM::Role', 64, 'RoleName', { AssumeRolePolicyDocument: trust }],
    ['AWS::CloudWatch::Alarm', 255, 'AlarmName', alarm],
    ['AWS::SNS::Topic', 256, 'TopicName', {}],
    ['AWS::SQS::Queue', 80, 'QueueName', {}],
    ['AWS::S3::Bucket', 63, 'BucketName', {}],
    ['AWS::Events::Rule', 64, 'Name', { EventPattern: { source: ['shop'] } }],
    ['AWS::CodeDeploy::Application', 100, 'ApplicationName', lambda],
  ])('of %s has %i characters', async (Type, longest, property, others) => {
    const create = (name: string) => refusal({ Type, Properties: { ...others, [property]: name } });
    const member = `${property[0]!.toLowerCase()}${property.slice(1)}`;
    expect(await create(text(longest + 1))).toBe(
      `1 validation error detected: Value '${text(longest + 1)}' at '${member}' failed to satisfy constraint: ` +
        `Member must have length less than or equal to ${longest}`,
    );
    expect(await create(text(longest))).toBeUndefined();
  });

  test('of a function has 64 characters', async () => {
    const create = (FunctionName: string) =>
      refusal({ Type: 'AWS::Lambda::Function', Properties: { FunctionName, Code: { S3Bucket: 'none', S3Key: 'k' } } });
    expect(await create(text(65))).toContain("at 'functionName' failed to satisfy constraint: Member must have length");
    expect(await create(text(64))).not.toContain('functionName');
  });

  test('of a deployment group has 100 characters', async () => {
    const Application = {
      Type: 'AWS::CodeDeploy::Application',
      Properties: { ApplicationName: 'shop', ComputePlatform: 'Lambda' },
    };
    const create = (DeploymentGroupName: string) =>
      refusal(
        {
          Type: 'AWS::CodeDeploy::DeploymentGroup',
          Properties: {
            ApplicationName: { Ref: 'Application' },
            DeploymentGroupName,
            ServiceRoleArn: `arn:aws:iam::${scope.accountId}:role/shift`,
            DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
          },
        },
        { Application },
      );
    expect(await create(text(101))).toContain(
      "at 'deploymentGroupName' failed to satisfy constraint: Member must have length less than or equal to 100",
    );
    expect(await create(text(100))).toBeUndefined();
  });
});

describe('a request to CloudFormation', () => {
  const topic = { Type: 'AWS::SNS::Topic' };
  const numbered = <T>(count: number, value: T) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`N${index}`, value]));
  const create = (template: object, names: { StackName?: string; ChangeSetName?: string } = {}) =>
    cloudFormation.send(
      new CreateChangeSetCommand({
        StackName: 'app',
        ChangeSetName: 'first',
        ...names,
        ChangeSetType: 'CREATE',
        TemplateBody: JSON.stringify(template),
      }),
    );
  const small = { Resources: { Topic: topic } };

  test('has a stack name and a change set name of at most 128 characters', async () => {
    const longest = 'failed to satisfy constraint: Member must have length less than or equal to 128';
    await expect(create(small, { StackName: text(129) })).rejects.toThrow(`at 'stackName' ${longest}`);
    await expect(create(small, { ChangeSetName: text(129) })).rejects.toThrow(`at 'changeSetName' ${longest}`);
    await create(small, { StackName: text(128), ChangeSetName: text(128) });
  });

  test.each<[string, (count: number) => object, number, string]>([
    [
      'resources',
      (count) => ({ Resources: numbered(count, topic) }),
      500,
      'Template format error: Number of resources, 501, is greater than maximum allowed, 500',
    ],
    [
      'outputs',
      (count) => ({ ...small, Outputs: numbered(count, { Value: 'x' }) }),
      200,
      'Template format error: Outputs count 201 is greater than max allowed 200',
    ],
    [
      'parameters',
      (count) => ({ ...small, Parameters: numbered(count, { Type: 'String', Default: 'x' }) }),
      200,
      'Template format error: Parameters count 201 is greater than max allowed 200',
    ],
  ])('has a template with a limited number of %s', async (_, template, most, message) => {
    await expect(create(template(most + 1))).rejects.toThrow(message);
    await create(template(most));
  });

  test('has a template of at most 51,200 bytes', async () => {
    const sized = (bytes: number) => {
      const template = { ...small, Description: '' };
      const rest = bytes - JSON.stringify(template).length;
      return { ...template, Description: 'd'.repeat(rest) };
    };
    await expect(create(sized(51_201))).rejects.toThrow('Member must have length less than or equal to 51200');
    await create(sized(51_200));
  });
});

test('the environment variables of a function have at most 4,096 bytes, as JSON', () => {
  const read = (bytes: number) =>
    readConfiguration('hello', {
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Environment: { Variables: { A: 'a'.repeat(bytes - '{"A":""}'.length) } },
    });
  expect(() => read(4_097)).toThrow(
    'the environment variables you have provided exceeded the 4KB limit. String measured: {"A":"aaa',
  );
  expect(read(4_096).environment.A).toHaveLength(4_088);
});

describe('a role', () => {
  const reason = (properties: object) =>
    refusal({
      Type: 'AWS::IAM::Role',
      Properties: { AssumeRolePolicyDocument: trust, RoleName: 'shop', ...properties },
    });
  /** @returns A policy of that many characters, without the whitespace between them. */
  const policy = (length: number, more: object = {}) => {
    const statement = { Sid: '', Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*', ...more };
    const document = (Sid: string) => ({ Version: '2012-10-17', Statement: [{ ...statement, Sid }] });
    return document('s'.repeat(length - JSON.stringify(document('')).length));
  };
  const inline = (...lengths: readonly number[]) => ({
    Policies: lengths.map((length, index) => ({ PolicyName: `p${index}`, PolicyDocument: policy(length) })),
  });

  test('has inline policies of at most 10,240 characters together', async () => {
    expect(await reason(inline(5_000, 5_241))).toBe('Maximum policy size of 10240 bytes exceeded for role shop');
    expect(await reason(inline(5_000, 5_240))).toBeUndefined();
  });

  test('has policies of its own and of AWS::IAM::Policy counted together', async () => {
    const others = { More: { Type: 'AWS::IAM::Policy', Properties: { PolicyName: 'more', Roles: [{ Ref: 'It' }] } } };
    const more = (length: number) => ({
      More: { ...others.More, Properties: { ...others.More.Properties, PolicyDocument: policy(length) } },
    });
    const role = {
      Type: 'AWS::IAM::Role',
      Properties: { AssumeRolePolicyDocument: trust, RoleName: 'shop', ...inline(5_000) },
    };
    expect(await refusal(role, more(5_241))).toContain('Maximum policy size of 10240 bytes exceeded');
    expect(await refusal(role, more(5_240))).toBeUndefined();
  });

  test('has at most 10 attached policies', async () => {
    const attached = (count: number) => ({
      ManagedPolicyArns: Array.from({ length: count }, (_, index) => `arn:aws:iam::aws:policy/P${index}`),
    });
    expect(await reason(attached(11))).toBe('Cannot exceed quota for PoliciesPerRole: 10');
    expect(await reason(attached(10))).toBeUndefined();
  });

  test('has a trust policy of at most 2,048 characters', async () => {
    const trusting = (length: number) => ({
      AssumeRolePolicyDocument: policy(length, {
        Action: 'sts:AssumeRole',
        Resource: undefined,
        Principal: { Service: 'lambda.amazonaws.com' },
      }),
    });
    expect(await reason(trusting(2_049))).toBe('Cannot exceed quota for ACLSizePerRole: 2048');
    expect(await reason(trusting(2_048))).toBeUndefined();
  });

  test('is counted without whitespace, as every policy', async () => {
    const spaced = {
      Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::b/${' '.repeat(10_241)}` }],
    };
    expect(await reason({ Policies: [{ PolicyName: 'p', PolicyDocument: spaced }] })).toBeUndefined();
  });

  test('can have a managed policy of at most 6,144 characters', async () => {
    const managed = (length: number) =>
      refusal({ Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: policy(length) } });
    expect(await managed(6_145)).toBe('Cannot exceed quota for PolicySize: 6144');
    expect(await managed(6_144)).toBeUndefined();
  });
});

test('a template in S3 has at most 1 MB', async () => {
  const bucket = { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'templates' } };
  await world.deploy({ Bucket: bucket });
  const create = async (bytes: number) => {
    const template = { Resources: { Topic: { Type: 'AWS::SNS::Topic' } }, Metadata: { text: '' } };
    template.Metadata.text = 'd'.repeat(bytes - JSON.stringify(template).length);
    await s3.send(new PutObjectCommand({ Bucket: 'templates', Key: 't.json', Body: JSON.stringify(template) }));
    return cloudFormation.send(
      new CreateChangeSetCommand({
        StackName: 'large',
        ChangeSetName: 'first',
        ChangeSetType: 'CREATE',
        TemplateURL: 'https://templates.s3.eu-central-1.amazonaws.com/t.json',
      }),
    );
  };
  await expect(create(1_048_577)).rejects.toThrow('Template may not exceed 1048576 bytes in size.');
  await create(1_048_576);
});
