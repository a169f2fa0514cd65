import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  AddPermissionCommand,
  CreateAliasCommand,
  DeleteFunctionCommand,
  GetAliasCommand,
  GetFunctionCommand,
  GetPolicyCommand,
  InvokeCommand,
  LambdaClient,
  ListAliasesCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  RemovePermissionCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { LambdaFixture } from './lambda-fixture';

let aws: LambdaFixture;
/** The same with a short limit of real time, for handlers that time out. */
let hurried: LambdaFixture;
let client: LambdaClient;

beforeAll(async () => {
  aws = new LambdaFixture();
  hurried = new LambdaFixture({ realTimeoutCap: 250 });
  await Promise.all([aws.endpoint.listen(), hurried.endpoint.listen()]);
  const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'x' };
  client = new LambdaClient({ endpoint: aws.endpoint.url, region: 'eu-central-1', credentials, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await Promise.all([aws.close(), hurried.close()]);
});

const arn = (resource: string) => `arn:aws:lambda:eu-central-1:111122223333:function:${resource}`;

async function call(name: string, event: unknown = {}, qualifier?: string, { lambda } = aws) {
  const { payload, ...rest } = await lambda.invoke(name, JSON.stringify(event), qualifier);
  return { ...rest, payload: JSON.parse(payload) };
}

describe('a function', () => {
  test('runs its packaged code with the context of Lambda', async () => {
    await aws.define(
      'context',
      `exports.handler = async (event, context) => ({
        event, ...context, remaining: context.getRemainingTimeInMillis(), date: new Date().toISOString().slice(0, 19), root: __dirname
      });`,
      { Timeout: 6, MemorySize: 256 },
    );
    const at = aws.clock.now();
    const { payload } = await call('context', { a: 1 });
    expect(payload).toMatchObject({
      event: { a: 1 },
      functionName: 'context',
      functionVersion: '$LATEST',
      invokedFunctionArn: arn('context'),
      memoryLimitInMB: '256',
      logGroupName: '/aws/lambda/context',
      date: new Date(at).toISOString().slice(0, 19),
    });
    expect(payload.awsRequestId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(payload.remaining).toBeGreaterThan(0);
    expect(payload.remaining).toBeLessThanOrEqual(5_000);
  });

  test('has the environment variables of Lambda and of its configuration, and of this machine only PATH', async () => {
    process.env.LEAKED = 'yes';
    await aws.define('environment', 'exports.handler = async () => process.env', {
      Environment: { Variables: { STAGE: 'prod', LIMIT: 3 } },
      Architectures: ['arm64'],
    });
    const { payload } = await call('environment');
    delete process.env.LEAKED;
    expect(Object.keys(payload).sort()).toEqual([
      'AWS_ACCESS_KEY_ID',
      'AWS_DEFAULT_REGION',
      'AWS_ENDPOINT_URL',
      'AWS_EXECUTION_ENV',
      'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
      'AWS_LAMBDA_FUNCTION_NAME',
      'AWS_LAMBDA_FUNCTION_VERSION',
      'AWS_LAMBDA_INITIALIZATION_TYPE',
      'AWS_LAMBDA_LOG_GROUP_NAME',
      'AWS_LAMBDA_LOG_STREAM_NAME',
      'AWS_LAMBDA_RUNTIME_API',
      'AWS_REGION',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
      'LAMBDA_RUNTIME_DIR',
      'LAMBDA_TASK_ROOT',
      'LANG',
      'LIMIT',
      'PATH',
      'STAGE',
      'TZ',
      '_HANDLER',
    ]);
    expect(payload).toMatchObject({
      STAGE: 'prod',
      LIMIT: '3',
      AWS_ENDPOINT_URL: aws.endpoint.url,
      AWS_ACCESS_KEY_ID: 'ASIAROLE',
      AWS_SECRET_ACCESS_KEY: 'arn:aws:iam::111122223333:role/run',
      AWS_SESSION_TOKEN: 'environment',
    });
  });

  test('may be an ES module, and can import the SDK but no other module that its package lacks', async () => {
    const source = `
      import { LambdaClient, GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
      const client = new LambdaClient();
      export const handler = async (event, { functionName: FunctionName }) => ({
        handler: (await client.send(new GetFunctionConfigurationCommand({ FunctionName }))).Handler,
        fflate: await import('fflate').catch((error) => error.code),
      });
    `;
    await aws.define('module', { 'dist/hello.mjs': source }, { Handler: 'dist/hello.handler', Runtime: 'nodejs22.x' });
    expect((await call('module')).payload).toEqual({ handler: 'dist/hello.handler', fflate: 'ERR_MODULE_NOT_FOUND' });
  });

  test.each([
    ['nodejs22.x', '(event, context, callback) => { setTimeout(() => callback(null, "late"), 5); }', '"late"'],
    ['nodejs22.x', '() => "ignored"', 'null'],
    ['nodejs24.x', '() => "taken"', '"taken"'],
    ['nodejs22.x', 'async () => undefined', 'null'],
  ])('on %s with the handler %s returns %s', async (runtime, handler, payload) => {
    const name = `style-${Buffer.from(`${runtime}${handler}`).toString('hex').slice(-40)}`;
    await aws.define(name, `exports.handler = ${handler}`, { Runtime: runtime });
    expect(await aws.lambda.invoke(name, '{}')).toMatchObject({ payload });
  });

  test('that declares a newer Node than this one is reported once', () => {
    const runtime = Number(process.versions.node.split('.')[0]) < 24 ? 1 : 0;
    expect(aws.notices.filter((notice) => notice.includes('nodejs24.x'))).toHaveLength(runtime);
  });

  test('keeps its environment warm, and its log has the lines of Lambda', async () => {
    await aws.define(
      'log',
      'let n = 0; exports.handler = async () => { console.log("call\\n%d", ++n); process.stdout.write("raw"); return n; }',
    );
    const first = await call('log');
    const second = await call('log');
    expect([first.payload, second.payload]).toEqual([1, 2]);
    const ids = aws.logOf('log').flatMap((line) => /^START RequestId: (\S+)/.exec(line)?.[1] ?? []);
    const at = new Date(aws.clock.now()).toISOString();
    const [init, handler] = [
      first.duration - Number(/Duration: ([\d.]+)/.exec(aws.logOf('log')[4]!)![1]),
      second.duration,
    ];
    expect(aws.logOf('log').slice(5)).toEqual([
      `START RequestId: ${ids[1]} Version: $LATEST`,
      `${at}\t${ids[1]}\tINFO\tcall\r2`,
      'raw',
      `END RequestId: ${ids[1]}`,
      `REPORT RequestId: ${ids[1]}\tDuration: ${handler.toFixed(2)} ms\tBilled Duration: ${Math.ceil(handler)} ms\tMemory Size: 128 MB`,
    ]);
    expect(aws.logOf('log')[4]).toContain(`Init Duration: ${init.toFixed(2)} ms`);
    expect(new Set(aws.logs.filter(({ group }) => group.endsWith('/log')).map(({ stream }) => stream)).size).toBe(1);
  });

  test('serves concurrent requests in separate environments', async () => {
    await aws.define('parallel', 'exports.handler = () => new Promise((done) => setTimeout(done, 20, process.pid))');
    const answers = await Promise.all(Array.from({ length: 6 }, () => call('parallel')));
    expect(new Set(answers.map(({ payload }) => payload)).size).toBe(4);
  });

  test('is throttled at its reserved concurrency, which is neither an invocation nor an error', async () => {
    await aws.define('throttled', 'exports.handler = async () => 1', { ReservedConcurrentExecutions: 0 });
    await expect(call('throttled')).rejects.toMatchObject({ code: 'TooManyRequestsException', status: 429 });
    expect(aws.sums('Throttles')['FunctionName=throttled']).toBe(1);
    expect(aws.sums('Invocations')['FunctionName=throttled']).toBeUndefined();
  });

  test.each([
    [{ Runtime: 'python3.13' }, 'the embedded AWS does not support AWS::Lambda::Function with Runtime python3.13'],
    [{ LoggingConfig: { LogFormat: 'JSON' } }, 'LoggingConfig.LogFormat JSON'],
    [{ Code: { ZipFile: 'x' } }, 'Code.ZipFile'],
    [
      { Timeout: 901 },
      "Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900",
    ],
    [{ Environment: { Variables: { AWS_REGION: 'x' } } }, 'Reserved keys used in this request: AWS_REGION'],
    [
      { Code: { S3Bucket: 'bucket', S3Key: 'no' } },
      'Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.',
    ],
  ])('with %j is refused: %s', async (properties, message) => {
    await expect(aws.define('refused', '', properties)).rejects.toThrow(message);
    expect(() => aws.lambda.getAlias('refused', 'live')).toThrow(`Function not found: ${arn('refused')}`);
  });
});

describe('a failure', () => {
  const failures: [string, string, object, object][] = [
    [
      'throws',
      'exports.handler = async () => { throw new TypeError("boom"); }',
      { errorType: 'TypeError', errorMessage: 'boom' },
      {},
    ],
    [
      'rejects',
      'exports.handler = async () => { Promise.reject(new Error("loose")); await new Promise((r) => setTimeout(r, 50)); }',
      { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'Error: loose' },
      {},
    ],
    [
      'imports a missing module',
      'require("left-pad"); exports.handler = async () => 1',
      {
        errorType: 'Runtime.ImportModuleError',
        errorMessage: expect.stringMatching(
          /^Error: Cannot find module 'left-pad'\nRequire stack:\n- \/var\/task\/index.js\n- \/var\/runtime\//,
        ),
      },
      {},
    ],
    [
      'misspells its export',
      'exports.handle = async () => 1',
      { errorType: 'Runtime.HandlerNotFound', errorMessage: 'index.handler is undefined or not exported' },
      {},
    ],
    ['has a syntax error', 'exports.handler = async (', { errorType: 'Runtime.UserCodeSyntaxError' }, {}],
    ['never settles', 'exports.handler = async () => new Promise(() => {})', { errorType: 'Runtime.NodeJsExit' }, {}],
    [
      'takes a callback',
      'exports.handler = (a, b, c) => c()',
      { errorType: 'Runtime.CallbackHandlerDeprecated' },
      { Runtime: 'nodejs24.x' },
    ],
    [
      'exits with 3',
      'exports.handler = async () => process.exit(3)',
      {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringMatching(/^RequestId: \S{36} Error: Runtime exited with error: exit status 3$/),
      },
      {},
    ],
    [
      'exits with 0',
      'exports.handler = async () => process.exit(0)',
      {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringMatching(/Runtime exited without providing a reason$/),
      },
      {},
    ],
    [
      'exhausts its memory',
      'exports.handler = async () => { const all = []; for (;;) all.push(new Array(1e5).fill(all.length)); }',
      {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringMatching(/ Error: Runtime exited with error: signal: aborted$/),
      },
      {},
    ],
  ];

  test.each(failures)('of code that %s is reported as Lambda does', async (what, source, error, properties) => {
    const name = what.replaceAll(' ', '-');
    await aws.define(name, source, properties);
    const failed = await call(name);
    expect(failed).toMatchObject({ functionError: 'Unhandled', executedVersion: '$LATEST', payload: error });
    expect(aws.sums('Errors')[`FunctionName=${name}`]).toBe(1);
    expect(aws.sums('Invocations')[`FunctionName=${name}`]).toBe(1);
  });

  test('has a trace with the paths of Lambda', async () => {
    const { payload } = await call('throws');
    expect(payload.trace.slice(0, 2)).toEqual([
      'TypeError: boom',
      expect.stringMatching(/^ {4}at .*handler \(\/var\/task\/index\.js:1:\d+\)$/),
    ]);
    expect(aws.logOf('throws')[1]).toMatch(
      /\tERROR\tInvoke Error \t\{"errorType":"TypeError","errorMessage":"boom","stack":\[/,
    );
  });

  test('by timeout lasts as long as the timeout, is logged, and makes the next invocation cold', async () => {
    const source = 'let n = 0; exports.handler = async ({ hang }) => { n += 1; if (hang) for (;;); return n; }';
    await hurried.define('hangs', source, { Timeout: 3 });
    const run = (event: object) => call('hangs', event, undefined, hurried);
    expect((await run({})).payload).toBe(1);
    expect(await run({ hang: true })).toMatchObject({
      duration: 3_000,
      functionError: 'Unhandled',
      payload: {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringMatching(/^RequestId: \S{36} Error: Task timed out after 3\.00 seconds$/),
      },
    });
    const after = await run({});
    expect(after.payload).toBe(1);
    expect(after.duration).toBeGreaterThan(150);
    const log = hurried.logOf('hangs');
    const end = new Date(hurried.clock.now() + 3_000).toISOString();
    expect(log.find((each) => each.startsWith(end))).toMatch(/Z \S{36} Task timed out after 3\.00 seconds$/);
    expect(log.find((each) => each.includes('Status: timeout'))).toMatch(
      /^REPORT RequestId: \S+\tDuration: 3000\.00 ms/,
    );
  });

  test('by timeout can be avoided by a handler that watches its remaining time', async () => {
    const source = `exports.handler = (event, context) =>
      new Promise((done) => setTimeout(done, context.getRemainingTimeInMillis() - 150, 'in time'))`;
    await hurried.define('watchful', source, { Timeout: 60 });
    expect((await call('watchful', {}, undefined, hurried)).payload).toBe('in time');
  });
});

describe('versions', () => {
  test('keep their code and configuration, and run concurrently', async () => {
    const source = (answer: string) =>
      `exports.handler = async () => "${answer} " + process.env.COLOUR + " " + process.env.AWS_LAMBDA_FUNCTION_VERSION`;
    const before = aws.definition('frozen', source('old'), { Environment: { Variables: { COLOUR: 'blue' } } });
    await aws.create('AWS::Lambda::Function', before);
    await aws.publish('frozen');
    const after = aws.definition('frozen', source('new'), { Environment: { Variables: { COLOUR: 'green' } } });
    await aws.update('AWS::Lambda::Function', 'frozen', [before, after]);
    await aws.publish('frozen');
    expect((await call('frozen', {}, '1')).payload).toBe('old blue 1');
    expect((await call('frozen:2')).payload).toBe('new green 2');
    expect((await call(arn('frozen'))).payload).toBe('new green $LATEST');
  });

  test('are published only when code or configuration has changed, including the description', async () => {
    const before = aws.definition('publish', 'exports.handler = async () => 1');
    await aws.create('AWS::Lambda::Function', before);
    const published = () => client.send(new PublishVersionCommand({ FunctionName: 'publish' }));
    expect((await published()).Version).toBe('1');
    expect((await published()).Version).toBe('1');
    await aws.update('AWS::Lambda::Function', 'publish', [before, { ...before, Description: 'the same, described' }]);
    expect(await published()).toMatchObject({
      Version: '2',
      FunctionArn: arn('publish:2'),
      Description: 'the same, described',
    });
    await expect(
      client.send(new PublishVersionCommand({ FunctionName: 'publish', CodeSha256: 'other' })),
    ).rejects.toThrow('CodeSHA256 (other) is different from current CodeSHA256 in $LATEST');
  });

  test('of a stack fail when nothing has changed, with the message of CloudFormation', async () => {
    await aws.define('again', 'exports.handler = async () => 1');
    expect(await aws.create('AWS::Lambda::Version', { FunctionName: 'again' })).toEqual({
      id: arn('again:1'),
      attributes: { Version: '1', FunctionArn: arn('again:1') },
    });
    await expect(aws.create('AWS::Lambda::Version', { FunctionName: 'again' })).rejects.toThrow(
      `Resource handler returned message: "Version already exists: [${arn('again:1')}]. Please modify the function to create a new version. (Service: Lambda, Status Code: 409)" (HandlerErrorCode: AlreadyExists)`,
    );
  });

  test('never reuse a number, not even for a function that is created again', async () => {
    await aws.define('reborn', 'exports.handler = async () => 1');
    expect(await aws.publish('reborn')).toBe('1');
    await client.send(new DeleteFunctionCommand({ FunctionName: 'reborn' }));
    await aws.define('reborn', 'exports.handler = async () => 1');
    expect(await aws.publish('reborn')).toBe('2');
  });

  test('are deleted individually, unless an alias points to them', async () => {
    const before = aws.definition('prune', 'exports.handler = async () => 1');
    await aws.create('AWS::Lambda::Function', before);
    for (const Description of ['a', 'b', 'c']) {
      await aws.update('AWS::Lambda::Function', 'prune', [before, { ...before, Description }]);
      await aws.publish('prune');
    }
    await aws.create('AWS::Lambda::Alias', { FunctionName: 'prune', Name: 'live', FunctionVersion: '3' });
    aws.lambda.setAlias('prune', 'live', { functionVersion: '3', weights: { '2': 0.1 } });
    const remove = (Qualifier: string) => client.send(new DeleteFunctionCommand({ FunctionName: 'prune', Qualifier }));
    await remove('1');
    await remove('99');
    for (const held of ['2', '3']) {
      await expect(remove(held)).rejects.toMatchObject({
        name: 'ResourceConflictException',
        message: 'Unable to delete version because the following aliases reference it: [live]',
      });
    }
    const { Versions } = await client.send(new ListVersionsByFunctionCommand({ FunctionName: 'prune' }));
    expect(Versions?.map(({ Version }) => Version)).toEqual(['$LATEST', '2', '3']);
  });
});

describe('an alias', () => {
  beforeAll(async () => {
    const before = aws.definition(
      'split',
      'exports.handler = async (event, context) => [process.env.AWS_LAMBDA_FUNCTION_VERSION, context.invokedFunctionArn]',
    );
    await aws.create('AWS::Lambda::Function', before);
    await aws.publish('split');
    await aws.update('AWS::Lambda::Function', 'split', [before, { ...before, Description: 'second' }]);
    await aws.publish('split');
    await aws.update('AWS::Lambda::Function', 'split', [
      before,
      { ...before, Role: 'arn:aws:iam::111122223333:role/other' },
    ]);
    await aws.publish('split');
    await aws.update('AWS::Lambda::Function', 'split', [
      before,
      { ...before, DeadLetterConfig: { TargetArn: 'arn:aws:sqs:eu-central-1:111122223333:q' } },
    ]);
    await aws.publish('split');
    await aws.create('AWS::Lambda::Alias', { FunctionName: 'split', Name: 'live', FunctionVersion: '1' });
  });

  test('splits requests at random, reproducibly by seed, with metrics by version', async () => {
    aws.lambda.setAlias('split', 'live', { functionVersion: '1', weights: { '2': 0.1 } });
    const answers: string[] = [];
    for (let index = 0; index < 400; index += 1) answers.push((await call('split', {}, 'live')).payload);
    expect(answers.filter(([version]) => version === '2')).toHaveLength(34);
    expect(answers[0]?.[1]).toBe(arn('split:live'));
    expect(aws.sums('Invocations')).toMatchObject({
      'FunctionName=split': 400,
      'FunctionName=split,Resource=split:live': 400,
      'FunctionName=split,Resource=split:live,ExecutedVersion=1': 366,
      'FunctionName=split,Resource=split:live,ExecutedVersion=2': 34,
    });
    expect(
      aws.metrics.find(({ name, dimensions }) => name === 'Duration' && dimensions.ExecutedVersion === '2'),
    ).toMatchObject({
      namespace: 'AWS/Lambda',
      unit: 'Milliseconds',
      at: aws.clock.now(),
    });
  });

  test('is required for ExecutedVersion: a version that is invoked directly has metrics without it', async () => {
    aws.metrics.length = 0;
    await call('split', {}, '2');
    await call('split');
    expect(aws.sums('Errors')).toEqual({
      'FunctionName=split': 0,
      'FunctionName=split,Resource=split:2': 0,
      'FunctionName=split,Resource=split': 0,
    });
  });

  test.each([
    ['1', { '2': 0.1, '3': 0.1 }, 'Number of items in AdditionalVersionWeights cannot be greater than 1'],
    ['1', { '1': 0.1 }, 'Invalid function version 1. Function version 1 is already included in routing configuration.'],
    ['$LATEST', { '1': 0.1 }, '$LATEST is not supported for an alias pointing to more than 1 version'],
    ['1', { $LATEST: 0.1 }, '$LATEST is not supported for an alias pointing to more than 1 version'],
    ['1', { '3': 0.1 }, 'Specified versions must be associated with the same execution role'],
    ['1', { '4': 0.1 }, 'Specified versions must be associated with the same dead-letter queue configuration'],
    ['1', { '2': 1.5 }, "Value '{2=1.5}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint"],
    ['9', {}, `Function not found: ${arn('split:9')}`],
  ])('is refused with version %s and weights %j', (functionVersion, weights, message) => {
    expect(() => aws.lambda.setAlias('split', 'live', { functionVersion, weights })).toThrow(message);
    expect(aws.lambda.getAlias('split', 'live').functionVersion).toBe('1');
  });

  test('is read and updated by the API', async () => {
    const live = { FunctionName: 'split', Name: 'live' };
    aws.lambda.setAlias('split', 'live', { functionVersion: '1', weights: { '2': 0.1 } });
    expect(await client.send(new GetAliasCommand(live))).toMatchObject({
      AliasArn: arn('split:live'),
      FunctionVersion: '1',
      RoutingConfig: { AdditionalVersionWeights: { '2': 0.1 } },
    });
    const moved = await client.send(new UpdateAliasCommand({ ...live, FunctionVersion: '2', RoutingConfig: {} }));
    expect(moved.RoutingConfig).toBeUndefined();
    expect(aws.lambda.getAlias('split', 'live')).toEqual({ functionVersion: '2', weights: {} });
    await expect(client.send(new UpdateAliasCommand({ ...live, RevisionId: 'stale' }))).rejects.toMatchObject({
      name: 'PreconditionFailedException',
    });
    await expect(client.send(new CreateAliasCommand({ ...live, FunctionVersion: '1' }))).rejects.toThrow(
      `Alias already exists: ${arn('split:live')}`,
    );
    await expect(client.send(new GetAliasCommand({ ...live, Name: 'dead' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Cannot find alias arn: ${arn('split:dead')}`,
    });
    const { Aliases } = await client.send(new ListAliasesCommand({ FunctionName: 'split', FunctionVersion: '2' }));
    expect(Aliases?.map(({ Name }) => Name)).toEqual(['live']);
  });

  describe('of a stack', () => {
    const alias = { FunctionName: 'split', Name: 'stack', FunctionVersion: '1' };
    const next = { ...alias, FunctionVersion: '2' };
    const updatePolicy = {
      CodeDeployLambdaAliasUpdate: {
        ApplicationName: 'app',
        DeploymentGroupName: 'group',
        BeforeAllowTrafficHook: 'pre',
      },
    };

    test('is created at once, whatever its update policy', async () => {
      expect(await aws.create('AWS::Lambda::Alias', alias, { updatePolicy })).toEqual({
        id: arn('split:stack'),
        attributes: { AliasArn: arn('split:stack') },
      });
      expect(aws.shifts).toEqual([]);
    });

    test('is shifted by CodeDeploy under a CodeDeployLambdaAliasUpdate policy', async () => {
      const notes: string[] = [];
      const note = (reason: string) => notes.push(reason);
      await aws.update('AWS::Lambda::Alias', arn('split:stack'), [alias, next], { updatePolicy, note });
      expect(aws.shifts.splice(0)).toEqual([
        {
          applicationName: 'app',
          deploymentGroupName: 'group',
          functionName: 'split',
          alias: 'stack',
          currentVersion: '1',
          targetVersion: '2',
          beforeAllowTrafficHook: 'pre',
          stackId: 'arn:aws:cloudformation:eu-central-1:111122223333:stack/shop/1',
        },
      ]);
      expect(notes).toEqual(['CodeDeploy deployment started: d-1']);
      expect(aws.lambda.getAlias('split', 'stack').functionVersion).toBe('2');
    });

    test('is reset at once, without weights, while the stack rolls back', async () => {
      aws.lambda.setAlias('split', 'stack', { functionVersion: '1', weights: { '2': 0.1 } });
      await aws.update('AWS::Lambda::Alias', arn('split:stack'), [next, alias], { updatePolicy, rollback: true });
      expect(aws.shifts).toEqual([]);
      expect(aws.lambda.getAlias('split', 'stack')).toEqual({ functionVersion: '1', weights: {} });
    });

    test('changes at once without such a policy, or when its version stays the same', async () => {
      await aws.update('AWS::Lambda::Alias', arn('split:stack'), [alias, next]);
      await aws.update('AWS::Lambda::Alias', arn('split:stack'), [next, { ...next, Description: 'x' }], {
        updatePolicy,
      });
      expect(aws.shifts).toEqual([]);
      expect(aws.lambda.getAlias('split', 'stack').functionVersion).toBe('2');
    });
  });
});

describe('the API', () => {
  test('invokes, and returns the version and the error in headers', async () => {
    await aws.define(
      'api',
      'exports.handler = async (event) => { if (event.fail) throw new Error("no"); return event; }',
    );
    await aws.publish('api');
    const invoke = async (event: object, more: object = {}) => {
      const input = { FunctionName: 'api', Qualifier: '1', Payload: JSON.stringify(event), ...more };
      const { Payload, ...answer } = await client.send(new InvokeCommand(input));
      return { ...answer, payload: Payload?.transformToString() };
    };
    expect(await invoke({ a: 1 })).toMatchObject({ StatusCode: 200, ExecutedVersion: '1', payload: '{"a":1}' });
    const failed = await invoke({ fail: true }, { LogType: 'Tail' });
    expect(failed.FunctionError).toBe('Unhandled');
    expect(Buffer.from(failed.LogResult ?? '', 'base64').toString()).toMatch(/^START RequestId: [\s\S]+REPORT/);
    await expect(invoke({}, { Qualifier: '7' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Function not found: ${arn('api:7')}`,
    });
    await expect(invoke({}, { InvocationType: 'DryRun' })).rejects.toThrow(
      'does not support lambda:Invoke with InvocationType DryRun',
    );
  });

  test('accepts an event, and retries it twice as virtual time passes', async () => {
    await aws.define('event', 'exports.handler = async () => { throw new Error("no"); }');
    const accepted = await client.send(new InvokeCommand({ FunctionName: 'event', InvocationType: 'Event' }));
    expect(accepted.StatusCode).toBe(202);
    const begin = aws.clock.now();
    await aws.clock.elapse(10 * 60_000);
    const starts = aws.logs.filter(({ group, message }) => group.endsWith('/event') && message.startsWith('START'));
    expect(starts.map(({ at }) => Math.round((at - begin) / 1000))).toEqual([0, 60, 180]);
    expect(new Set(starts.map(({ message }) => message)).size).toBe(1);
  });

  describe('sends an event whose last attempt failed', () => {
    const invoke = async (FunctionName: string, event = {}) => {
      const Payload = JSON.stringify(event);
      await client.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload }));
      await aws.clock.elapse(10 * 60_000);
    };
    const queue = (name: string) => {
      const settings = { retention: 3600, visibilityTimeout: 30, managedEncryption: true };
      return { DeadLetterConfig: { TargetArn: aws.sqs.createQueue(name, settings).arn } };
    };

    test('to the dead-letter queue of its function, with the reason', async () => {
      const source = `exports.handler = async ({ bad }) => { if (bad) throw new Error('${'é'.repeat(600)}'); }`;
      await aws.define('lettered', source, queue('letters'));
      await invoke('lettered', { bad: false });
      expect(aws.sqs.messages('letters')).toEqual([]);

      const begin = aws.clock.now();
      await invoke('lettered', { bad: true });
      const [letter, ...more] = aws.sqs.messages('letters');
      expect(more).toEqual([]);
      expect(letter).toMatchObject({
        body: '{"bad":true}',
        attributes: {
          RequestID: { DataType: 'String' },
          ErrorCode: { DataType: 'Number', StringValue: '200' },
          // Truncated to 1 KB.
          ErrorMessage: { DataType: 'String', StringValue: 'é'.repeat(512) },
        },
      });
      expect(Math.round(((letter?.sentAt ?? 0) - begin) / 1000)).toBe(180);
      const requestId = letter?.attributes.RequestID?.StringValue ?? '';
      expect(aws.logOf('lettered').filter((line) => line.startsWith(`START RequestId: ${requestId}`))).toHaveLength(3);
    });

    test('to the queue of the version that was invoked, even if the function has another one by now', async () => {
      const before = aws.definition(
        'frozen-lettered',
        'exports.handler = async () => { throw new Error("no"); }',
        queue('old'),
      );
      await aws.create('AWS::Lambda::Function', before);
      await aws.publish('frozen-lettered');
      await aws.update('AWS::Lambda::Function', 'frozen-lettered', [before, { ...before, ...queue('new') }]);
      await invoke('frozen-lettered:1');
      expect(aws.sqs.messages('old')).toHaveLength(1);
      expect(aws.sqs.messages('new')).toHaveLength(0);
    });

    test('with the error of the throttle, when it never ran', async () => {
      const throttled = { ...queue('throttles'), ReservedConcurrentExecutions: 0 };
      await aws.define('never-run', 'exports.handler = async () => 1', throttled);
      await invoke('never-run');
      expect(aws.sqs.messages('throttles')).toMatchObject([
        { attributes: { ErrorCode: { StringValue: '429' }, ErrorMessage: { StringValue: 'Rate Exceeded.' } } },
      ]);
    });

    test('nowhere when the queue does not exist, which counts as a dead-letter error', async () => {
      await aws.define('unlettered', 'exports.handler = async () => { throw new Error("no"); }', queue('deleted'));
      aws.sqs.deleteQueue('deleted');
      await invoke('unlettered');
      expect(aws.sums('DeadLetterErrors')).toEqual({ 'FunctionName=unlettered': 1 });
      expect(aws.notices.at(-1)).toMatch(
        /^unlettered: an event was lost because its dead-letter queue .*:deleted refused it/,
      );
    });

    test('to a queue only; a topic is refused', async () => {
      const DeadLetterConfig = { TargetArn: 'arn:aws:sns:eu-central-1:111122223333:topic' };
      await expect(aws.define('topical', 'exports.handler = async () => 1', { DeadLetterConfig })).rejects.toThrow(
        'the dead-letter target arn:aws:sns:eu-central-1:111122223333:topic; name an SQS queue',
      );
    });
  });

  test('describes a function with the qualifier of the request', async () => {
    await aws.define('described', 'exports.handler = async () => 1', {
      Tags: [{ Key: 'team', Value: 'shop' }],
      TracingConfig: { Mode: 'Active' },
    });
    const answer = await client.send(new GetFunctionCommand({ FunctionName: 'described' }));
    expect(answer).toMatchObject({
      Configuration: {
        FunctionArn: arn('described'),
        Runtime: 'nodejs20.x',
        Timeout: 3,
        MemorySize: 128,
        Version: '$LATEST',
        State: 'Active',
        LastUpdateStatus: 'Successful',
        LastModified: new Date(aws.clock.now()).toISOString().replace('Z', '+0000'),
        TracingConfig: { Mode: 'Active' },
      },
      Code: { RepositoryType: 'S3', Location: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/bucket\/\d+\.zip$/) },
      Tags: { team: 'shop' },
    });
    await expect(client.send(new GetFunctionCommand({ FunctionName: 'nobody' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Function not found: ${arn('nobody')}`,
    });
  });

  test('lists functions in pages', async () => {
    const first = await client.send(new ListFunctionsCommand({ MaxItems: 2 }));
    const second = await client.send(new ListFunctionsCommand({ MaxItems: 2, Marker: first.NextMarker }));
    const names = [...(first.Functions ?? []), ...(second.Functions ?? [])].map(({ FunctionName }) => FunctionName);
    expect(names).toEqual([...names].sort());
    expect(new Set(names).size).toBe(4);
  });

  test('keeps a policy for each qualifier', async () => {
    await aws.define('policy', 'exports.handler = async () => 1');
    await aws.publish('policy');
    const permission = { FunctionName: 'policy', Qualifier: '1', StatementId: 's' };
    const source = 'arn:aws:execute-api:eu-central-1:111122223333:api1/$default/GET/x';
    await client.send(
      new AddPermissionCommand({
        ...permission,
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
        SourceArn: 'arn:aws:execute-api:eu-central-1:111122223333:api1/*',
      }),
    );
    expect(aws.lambda.mayInvoke(arn('policy:1'), 'apigateway.amazonaws.com', source)).toBe(true);
    expect(aws.lambda.mayInvoke(arn('policy:1'), 'apigateway.amazonaws.com', source.replace('api1', 'api2'))).toBe(
      false,
    );
    expect(aws.lambda.mayInvoke(arn('policy'), 'apigateway.amazonaws.com', source)).toBe(false);
    const { Policy } = await client.send(new GetPolicyCommand({ FunctionName: 'policy', Qualifier: '1' }));
    expect(JSON.parse(Policy ?? '').Statement).toEqual([
      {
        Sid: 's',
        Effect: 'Allow',
        Principal: { Service: 'apigateway.amazonaws.com' },
        Action: 'lambda:InvokeFunction',
        Resource: arn('policy:1'),
        Condition: { ArnLike: { 'AWS:SourceArn': 'arn:aws:execute-api:eu-central-1:111122223333:api1/*' } },
      },
    ]);
    await client.send(new RemovePermissionCommand(permission));
    expect(aws.lambda.mayInvoke(arn('policy:1'), 'apigateway.amazonaws.com', source)).toBe(false);
  });

  test('changes $LATEST', async () => {
    await aws.define('changed', 'exports.handler = async () => process.env.COLOUR ?? "none"');
    expect((await call('changed')).payload).toBe('none');
    const Environment = { Variables: { COLOUR: 'red' } };
    await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'changed', Environment }));
    expect((await call('changed')).payload).toBe('red');
  });
});

describe('an execution environment', () => {
  /** @returns Whether a process is running; a zombie is not. */
  function alive(pid: number): boolean {
    try {
      process.kill(pid, 0);
    } catch {
      return false;
    }
    const stat = `/proc/${pid}/stat`;
    return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, 'utf8'));
  }

  async function haveEnded(pids: readonly number[]): Promise<boolean> {
    for (let attempt = 0; attempt < 100 && pids.some(alive); attempt += 1) await wait(20);
    return !pids.some(alive);
  }

  test('ends when its version is deleted, when its code is replaced, and after 15 idle minutes', async () => {
    const before = aws.definition('mortal', 'exports.handler = async () => process.pid');
    await aws.create('AWS::Lambda::Function', before);
    await aws.publish('mortal');
    const [published, latest] = [(await call('mortal', {}, '1')).payload, (await call('mortal')).payload];
    await aws.update('AWS::Lambda::Function', 'mortal', [before, { ...before, Description: 'other' }]);
    expect(await haveEnded([latest])).toBe(true);
    expect(alive(published)).toBe(true);
    await aws.clock.elapse(16 * 60_000);
    const again = (await call('mortal')).payload;
    expect(await haveEnded([published])).toBe(true);
    await client.send(new DeleteFunctionCommand({ FunctionName: 'mortal' }));
    expect(await haveEnded([again])).toBe(true);
  });

  test('ends when Lambda is closed, even during an invocation', async () => {
    const other = new LambdaFixture();
    await other.endpoint.listen();
    await other.define('idle', 'exports.handler = async () => process.pid');
    await other.define('busy', 'exports.handler = async () => { for (;;); }');
    const idle = Number((await other.lambda.invoke('idle', '{}')).payload);
    const busy = other.lambda.invoke('busy', '{}');
    await wait(100);
    await other.close();
    expect(alive(idle)).toBe(false);
    expect((await busy).payload).toContain('Runtime exited with error: signal: killed');
    await expect(other.lambda.invoke('idle', '{}')).rejects.toThrow('the embedded AWS has been closed');
  });

  test('does not outlive a parent that was killed, even if the handler never yields', async () => {
    const script = join(__dirname, 'lambda-parent.ts');
    const parent = spawn(process.execPath, ['--import', 'tsx', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    for await (const chunk of parent.stdout) {
      printed += chunk;
      if (printed.includes('\n')) break;
    }
    const { pids, directory } = JSON.parse(printed);
    expect(pids.every(alive)).toBe(true);
    parent.kill('SIGKILL');
    expect(await haveEnded(pids)).toBe(true);
    rmSync(directory, { recursive: true });
  });
});
