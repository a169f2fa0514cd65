// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are CloudFormation's
import type { StackRequest } from '../../embedded-aws/cloudformation/stack-request';
import { locate } from '../../embedded-aws/cloudformation/template-url';
import { SmallWorld, things } from './small-world';

let world: SmallWorld;

beforeEach(() => {
  world = new SmallWorld();
});

async function deploy(template: StackRequest['template'], more: Partial<StackRequest> = {}) {
  const request = { stackName: 'app', template, ...more };
  const outcome = await world.clock.spawn(() => world.clock.waitFor(world.cloudformation.deploy(request)));
  return outcome.stack;
}

const json = (template: object) => ({ body: JSON.stringify(template) });

describe('intrinsic functions', () => {
  const value = async (expression: unknown, more: object = {}) => {
    const stack = await deploy(things({ A: { Name: 'a', Value: 'x:y:z' }, B: { Value: expression } }, { ...more }));
    return stack.resources.get('B')?.properties.Value;
  };

  test.each<[string, unknown, unknown]>([
    ['Ref of a resource', { Ref: 'A' }, 'a-1'],
    ['Ref of a pseudo parameter', { Ref: 'AWS::Region' }, 'eu-central-1'],
    ['GetAtt', { 'Fn::GetAtt': ['A', 'Value'] }, 'x:y:z'],
    ['Sub', { 'Fn::Sub': '${A}/${A.Value}/${AWS::AccountId}/${!Literal}' }, 'a-1/x:y:z/111111111111/${Literal}'],
    ['Sub with variables', { 'Fn::Sub': ['${V}-${A}', { V: { Ref: 'AWS::StackName' } }] }, 'app-a-1'],
    ['Join', { 'Fn::Join': ['-', ['p', { Ref: 'A' }]] }, 'p-a-1'],
    ['Select and Split', { 'Fn::Select': ['1', { 'Fn::Split': [':', { 'Fn::GetAtt': ['A', 'Value'] }] }] }, 'y'],
    ['Base64', { 'Fn::Base64': 'hello' }, 'aGVsbG8='],
    ['FindInMap', { 'Fn::FindInMap': ['M', { Ref: 'AWS::Region' }, 'k'] }, 'mapped'],
    ['If', { 'Fn::If': ['InEurope', 'yes', 'no'] }, 'yes'],
    ['If with NoValue', { 'Fn::If': ['InEurope', { Ref: 'AWS::NoValue' }, 'no'] }, undefined],
    ['NoValue in a list', ['a', { Ref: 'AWS::NoValue' }], ['a']],
  ])('%s', async (_name, expression, expected) => {
    const more = {
      Mappings: { M: { 'eu-central-1': { k: 'mapped' } } },
      Conditions: {
        Named: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-central-1'] },
        InEurope: { 'Fn::And': [{ Condition: 'Named' }, { 'Fn::Not': [{ 'Fn::Equals': ['a', 'b'] }] }] },
      },
    };
    expect(await value(expression, more)).toEqual(expected);
  });

  test('are read in the short forms of YAML', async () => {
    const body = `
Conditions:
  Always: !Equals [a, a]
Resources:
  A: { Type: Test::Thing, Properties: { Name: a, Value: v } }
  B:
    Type: Test::Thing
    Properties:
      Value: !Join ['-', [!Ref A, !GetAtt A.Value, !Sub '\${AWS::Region}', !If [Always, !Select [0, [x]], y]]]
`;
    expect((await deploy({ body })).resources.get('B')?.properties.Value).toBe('a-1-v-eu-central-1-x');
  });

  test('that refer to an attribute that a resource does not have fail with CloudFormation’s error message', async () => {
    await deploy(things({ A: {}, B: { Value: { 'Fn::GetAtt': ['A', 'Nothing'] } } }));
    const failed = world.cloudformation.events('app').find(({ status }) => status === 'CREATE_FAILED');
    expect(failed?.reason).toBe('Template error: resource A does not support attribute type Nothing in Fn::GetAtt');
  });
});

describe('conditions', () => {
  test('leave out resources, outputs and the references of branches not taken', async () => {
    const template = things(
      { A: { $Condition: 'Never' }, B: { Value: { 'Fn::If': ['Never', { Ref: 'A' }, 'without'] } } },
      {
        Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
        Outputs: { O: { Condition: 'Never', Value: { Ref: 'A' } } },
      },
    );
    const stack = await deploy(template);
    expect([...stack.resources.keys()]).toEqual(['B']);
    expect(stack.outputs).toEqual([]);
  });

  test('are refused when something refers to what they leave out', async () => {
    const template = things(
      { A: { $Condition: 'Never' }, B: { Value: { Ref: 'A' } } },
      { Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } } },
    );
    await expect(deploy(template)).rejects.toThrow(
      'Template format error: Unresolved resource dependencies [A] in the Resources block of the template',
    );
  });
});

describe('parameters', () => {
  const Parameters = { Size: { Type: 'String', AllowedValues: ['s', 'm'] }, Hue: { Type: 'String', Default: 'red' } };
  const template = things({ A: { Value: { 'Fn::Sub': '${Size} ${Hue}' } } }, { Parameters });

  test('have the value of the request, else their default, else the previous value of the stack', async () => {
    await deploy(template, { parameters: [{ key: 'Size', value: 's' }] });
    const stack = await deploy(template, {
      parameters: [
        { key: 'Size', usePrevious: true },
        { key: 'Hue', value: 'blue' },
      ],
    });
    expect(stack.resources.get('A')?.properties.Value).toBe('s blue');
  });

  test.each([
    [[], 'Parameters: [Size] must have values'],
    [
      [
        { key: 'Size', value: 's' },
        { key: 'Sise', value: 's' },
      ],
      'Parameters: [Sise] do not exist in the template',
    ],
    [[{ key: 'Size', value: 'xl' }], "Parameter 'Size' must be one of AllowedValues"],
  ])('are refused by CloudFormation’s words (%#)', async (parameters, message) => {
    await expect(deploy(template, { parameters })).rejects.toThrow(message);
  });

  const bootstrapped = things(
    { A: {} },
    {
      Parameters: {
        BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/x/version' },
      },
      Rules: {
        CheckBootstrapVersion: {
          Assertions: [
            {
              Assert: { 'Fn::Not': [{ 'Fn::Contains': [['1', '2'], { Ref: 'BootstrapVersion' }] }] },
              AssertDescription: 'CDK bootstrap stack version 3 required.',
            },
          ],
        },
      },
    },
  );

  test('are looked up in the parameter store', async () => {
    await expect(deploy(bootstrapped)).rejects.toThrow(
      'Unable to fetch parameters [/cdk-bootstrap/x/version] from parameter store for this account.',
    );
    world.ssm.put('/cdk-bootstrap/x/version', '30');
    expect((await deploy(bootstrapped)).status).toBe('CREATE_COMPLETE');
  });

  test('must satisfy the rules', async () => {
    world.ssm.put('/cdk-bootstrap/x/version', '2');
    await expect(deploy(bootstrapped)).rejects.toThrow('CDK bootstrap stack version 3 required.');
    expect(world.cloudformation.stack('app')).toBeUndefined();
  });
});

describe('a template is refused before anything changes', () => {
  test.each<[string, object, string]>([
    [
      'an unresolved Ref',
      { A: { Value: { Ref: 'X' } }, B: { Value: { 'Fn::Sub': '${Y}' } } },
      'Template format error: Unresolved resource dependencies [X, Y] in the Resources block of the template',
    ],
    [
      'an unresolved GetAtt',
      { A: { Value: { 'Fn::GetAtt': ['X', 'Arn'] } } },
      'Template error: instance of Fn::GetAtt references undefined resource X',
    ],
    [
      'an unresolved DependsOn',
      { A: { $DependsOn: 'X' } },
      'Template format error: Unresolved resource dependencies [X] in the Resources block of the template',
    ],
    [
      'a circle',
      {
        Before: {},
        A: { Value: { Ref: 'B' }, Needs: { Ref: 'Before' } },
        B: { $DependsOn: ['A'] },
        After: { Value: { Ref: 'A' } },
      },
      'Circular dependency between resources: [A, B]',
    ],
    [
      'an unknown condition',
      { A: { $Condition: 'No' } },
      'Template format error: Unresolved condition dependency No in the Resources block of the template',
    ],
    ['null', { A: { Value: null } }, "[/Resources/A/Properties/Value] 'null' values are not allowed in templates"],
  ])('for %s', async (_name, resources, message) => {
    await expect(deploy(things(resources as never))).rejects.toThrow(message);
    expect(world.cloudformation.stack('app')).toBeUndefined();
  });

  test('when it has no resources, or is not a template', async () => {
    await expect(deploy(json({ Resources: {} }))).rejects.toThrow('At least one Resources member must be defined.');
    await expect(deploy({ body: '{' })).rejects.toThrow('Template format error');
    await expect(deploy(json({ Resource: {} }))).rejects.toThrow('Invalid template property or properties [Resource]');
  });

  test('naming at once everything that is not supported', async () => {
    const template = json({
      Transform: 'AWS::Serverless-2016-10-31',
      Parameters: { P: { Type: 'AWS::EC2::VPC::Id' } },
      Resources: {
        Table: { Type: 'AWS::DynamoDB::Table' },
        Bucket: { Type: 'AWS::S3::Bucket', Properties: { VersioningConfiguration: {}, WebsiteConfiguration: {} } },
        Odd: {
          Type: 'Test::Thing',
          CreationPolicy: {},
          UpdatePolicy: { AutoScalingRollingUpdate: {} },
          DeletionPolicy: 'Snapshot',
        },
        Zones: { Type: 'Test::Thing', Properties: { Value: { 'Fn::GetAZs': '' } } },
      },
    });
    await expect(deploy(template)).rejects.toThrow(
      [
        'the embedded AWS does not support the template section Transform',
        'the type AWS::EC2::VPC::Id of parameter P',
        'Fn::GetAZs',
        'AWS::DynamoDB::Table (Table)',
        'AWS::S3::Bucket with VersioningConfiguration (Bucket)',
        'AWS::S3::Bucket with WebsiteConfiguration (Bucket)',
        'CreationPolicy (Odd)',
        'UpdatePolicy AutoScalingRollingUpdate of Test::Thing (Odd)',
        'DeletionPolicy Snapshot (Odd)',
      ].join('; '),
    );
  });
});

test.each([
  'https://s3.amazonaws.com/bucket/a/key.json',
  'https://s3.eu-central-1.amazonaws.com/bucket/a/key.json',
  'https://bucket.s3.eu-central-1.amazonaws.com/a/key.json',
  'https://bucket.s3.amazonaws.com/a/key.json',
  'http://127.0.0.1:4566/bucket/a/key.json',
])('a template is found at %s', (url) => {
  expect(locate(url)).toEqual({ bucket: 'bucket', key: 'a/key.json' });
});
