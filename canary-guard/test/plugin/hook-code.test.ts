import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { findHookCodeProblems } from '../../plugin/hook-code.js';
import type { GeneratedResource, Problem } from '../../plugin/model';
import { namingOf } from './small-model';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hook-code-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** The runtime of this Node.js, so that errors of the code are judged. */
const RUNTIME = `nodejs${process.versions.node.split('.')[0]}.x`;

interface PackagedHook {
  /** Content by path in the zip. */
  readonly files: Readonly<Record<string, string>>;
  readonly properties?: object;
}

/** @returns The problems of a service of one canaried function with this hook. */
async function problemsOf({ files, properties = {} }: PackagedHook): Promise<Problem[]> {
  const artifact = join(mkdtempSync(join(directory, 'zip-')), 'hook.zip');
  writeFileSync(
    artifact,
    zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)]))),
  );
  const hook: GeneratedResource = {
    Type: 'AWS::Lambda::Function',
    Properties: { Handler: 'hooks/pre.handler', Runtime: RUNTIME, ...properties },
  };
  return findHookCodeProblems({
    naming: namingOf('svc-prod'),
    template: { Resources: { HookLambdaFunction: hook } },
    service: {
      provider: {},
      functions: {
        hello: { deploymentSettings: { type: 'AllAtOnce', alias: 'Live', preTrafficHook: 'hook' } },
        hook: { package: { artifact } },
      },
    },
  });
}

test.each<[string, PackagedHook]>([
  ['CommonJS', { files: { 'hooks/pre.js': 'exports.handler = async () => {};' } }],
  ['an ES module', { files: { 'hooks/pre.mjs': 'export const handler = async () => {};' } }],
  [
    'the SDK that Lambda brings, and what the zip has',
    {
      files: {
        'hooks/pre.js': "require('@aws-sdk/client-codedeploy'); exports.handler = require('own').run;",
        'node_modules/own/index.js': 'exports.run = async () => {};',
      },
    },
  ],
])('code that can be loaded is no problem: %s', async (_, hook) => {
  expect(await problemsOf(hook)).toEqual([]);
});

test.each<[string, PackagedHook, string]>([
  [
    'a package that is not in the zip',
    { files: { 'hooks/pre.js': "require('fflate');" } },
    "Cannot find module 'fflate'",
  ],
  [
    'a package that an ES module imports',
    { files: { 'hooks/pre.mjs': "import 'fflate';" } },
    "Cannot find package 'fflate'",
  ],
  ['an error of the code', { files: { 'hooks/pre.js': "throw new Error('no table');" } }, 'Error: no table'],
  ['wrong syntax', { files: { 'hooks/pre.js': 'const = 1' } }, 'SyntaxError'],
  ['no such function', { files: { 'hooks/pre.js': 'exports.other = 1;' } }, 'exports no function handler'],
  ['no such file', { files: { 'hooks/pre.ts': '' } }, 'its package has no hooks/pre.js, .mjs or .cjs'],
])('a hook that cannot be loaded is refused: %s', async (_, hook, problem) => {
  expect(await problemsOf(hook)).toEqual([
    expect.objectContaining({
      path: 'functions.hook.handler',
      received: 'hooks/pre.handler',
      problem: expect.stringContaining(problem),
    }),
  ]);
});

test.each<[string, PackagedHook]>([
  ['code with layers', { files: { 'hooks/pre.js': "require('in-a-layer');" }, properties: { Layers: ['arn'] } }],
  ['another runtime', { files: { 'hooks/pre.py': '' }, properties: { Runtime: 'python3.13' } }],
  [
    'an error where this Node.js is older than the runtime',
    { files: { 'hooks/pre.js': 'throw new Error();' }, properties: { Runtime: 'nodejs99.x' } },
  ],
  [
    'an error where CloudFormation knows the value of a variable',
    {
      files: { 'hooks/pre.js': 'if (process.env.TABLE !== "orders") throw new Error();' },
      properties: { Environment: { Variables: { TABLE: { Ref: 'Orders' } } } },
    },
  ],
])('what may be otherwise in Lambda is not judged: %s', async (_, hook) => {
  expect(await problemsOf(hook)).toEqual([]);
});

test('the code gets the variables of the function, and no credentials', async () => {
  const code =
    'if (process.env.LEVEL !== "info" || process.env.AWS_ACCESS_KEY_ID) throw new Error(); exports.handler = () => {};';
  process.env.AWS_ACCESS_KEY_ID = 'x';
  const problems = await problemsOf({
    files: { 'hooks/pre.js': code },
    properties: { Environment: { Variables: { LEVEL: 'info' } } },
  });
  delete process.env.AWS_ACCESS_KEY_ID;
  expect(problems).toEqual([]);
});
