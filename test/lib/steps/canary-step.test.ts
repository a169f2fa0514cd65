import { Match } from 'aws-cdk-lib/assertions';
import { canaryParameters } from '../../../lib/steps/canary-step';
import { readJob } from '../../../release/canary/job';
import { environmentNamed } from '../environments';
import { synthesise, TWO_ACCOUNTS } from '../fixtures';

const { pipeline } = synthesise(TWO_ACCOUNTS);

interface Action {
  readonly Name: string;
  readonly Namespace?: string;
  readonly RunOrder: number;
  readonly Configuration: Readonly<Record<string, unknown>>;
}

function action(stage: string, name: string): Action {
  const [found] = Object.values(pipeline.findResources('AWS::CodePipeline::Pipeline'));
  const stages: { Name: string; Actions: Action[] }[] = found?.Properties.Stages;
  return stages.find(({ Name }) => Name === stage)?.Actions.find(({ Name }) => Name === name) as Action;
}

test('a Canary runs in parallel with its Deploy, and a later action can read its variables', () => {
  const canary = action('prod', 'Canary');
  expect(canary.RunOrder).toBe(action('prod', 'Deploy').RunOrder);
  expect(canary.Namespace).toBe('prod-Canary');
  expect(action('staging', 'Canary').Namespace).toBe('staging-Canary');
});

test('its function can read the parameters: which action deploys, and how long to wait', () => {
  const { UserParameters } = action('prod', 'Canary').Configuration;
  const execution = '0a1b2c3d-0000-4000-8000-0123456789ab';
  const configuration = {
    UserParameters: String(UserParameters).replace('#{codepipeline.PipelineExecutionId}', execution),
  };
  const { parameters } = readJob({
    'CodePipeline.job': { id: 'job', data: { actionConfiguration: { configuration } } },
  });
  expect(parameters).toEqual({
    stack: 'greeter-prod',
    region: 'eu-central-1',
    role: 'arn:aws:iam::222222222222:role/release/greeter-prod-watch',
    pipeline: 'PipelineStack',
    stage: 'prod',
    action: 'Deploy',
    execution,
    minutes: 155 + 30,
  });
});

test('all Canary actions invoke one function, and may invoke no other', () => {
  const functions = ['staging', 'prod'].map((stage) => action(stage, 'Canary').Configuration.FunctionName);
  expect(functions).toEqual([{ Ref: expect.stringMatching(/^Canary/) }, functions[0]]);
  const { Ref: id } = functions[0] as { Ref: string };
  const arn = { 'Fn::GetAtt': [id, 'Arn'] };
  pipeline.hasResourceProperties('AWS::IAM::Policy', {
    PolicyName: Match.stringLikeRegexp('^PipelineprodCanary'),
    PolicyDocument: Match.objectLike({
      Statement: [
        { Effect: 'Allow', Action: 'lambda:ListFunctions', Resource: '*' },
        { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: [arn, { 'Fn::Join': ['', [arn, ':*']] }] },
      ],
    }),
  });
});

test('its function may read the environments and this pipeline, and report the results of its jobs', () => {
  pipeline.hasResourceProperties('AWS::IAM::Role', {
    RoleName: 'PipelineStack-canary',
    Policies: [
      Match.objectLike({
        PolicyDocument: Match.objectLike({
          Statement: [
            {
              Effect: 'Allow',
              Action: 'sts:AssumeRole',
              Resource: [
                'arn:aws:iam::111111111111:role/release/greeter-staging-watch',
                'arn:aws:iam::222222222222:role/release/greeter-prod-watch',
              ],
            },
            {
              Effect: 'Allow',
              Action: 'codepipeline:ListActionExecutions',
              Resource: 'arn:aws:codepipeline:eu-central-1:111111111111:PipelineStack',
            },
          ],
        }),
      }),
    ],
  });
  pipeline.hasResourceProperties('AWS::IAM::Policy', {
    PolicyName: Match.stringLikeRegexp('^CanaryRole'),
    PolicyDocument: Match.objectLike({
      Statement: [
        Match.objectLike({ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] }),
        Match.objectLike({
          Action: ['codepipeline:PutJobFailureResult', 'codepipeline:PutJobSuccessResult'],
          Resource: '*',
        }),
      ],
    }),
  });
});

test('parameters that are longer than CodePipeline allows are refused at synthesis', () => {
  const environment = environmentNamed('prod');
  const parameters = (pipelineName: string) =>
    canaryParameters({ environment, pipeline: pipelineName, deploy: 'Deploy' });
  expect(parameters('P').pipeline).toBe('P');
  expect(() => parameters('P'.repeat(800))).toThrow(
    "the parameters of prod's Canary action may have 1036 characters, CodePipeline allows 1000; " +
      "shorten the name of the service, the environment or the pipeline's stack",
  );
});
