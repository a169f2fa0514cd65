import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { filesOf, harmful, harmless } from '../../rehearsal/commits';

let workTree: string;

beforeEach(() => {
  workTree = mkdtempSync(join(tmpdir(), 'commits-'));
});
afterEach(() => rmSync(workTree, { recursive: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(workTree, path)), { recursive: true });
    writeFileSync(join(workTree, path), content);
  }
}

/** A serverless.yml with one function for each handler, all behind the API. */
function service(...handlers: string[]): string {
  const functions = handlers.map(
    (handler, index) => `  f${index}:\n    handler: ${handler}\n    events:\n      - httpApi: GET /${index}\n`,
  );
  return `service: shop\nfunctions:\n${functions.join('')}`;
}

/** Loads a handler from the committed files, as Lambda does. */
async function handlerOf(files: Readonly<Record<string, string>>, path: string, name: string) {
  write(files);
  const committed = require(join(workTree, path));
  return committed[name] as (event: object, context?: object) => Promise<unknown>;
}

test("the handler's file is renamed, and a new file in its place calls it", () => {
  write({ 'api/serverless.yml': service('handler.hello'), 'api/handler.ts': 'export const hello = 1;\n' });
  expect(filesOf(harmless, workTree, 'api')).toEqual({
    'api/handler.original.ts': 'export const hello = 1;\n',
    'api/handler.ts': `// @ts-nocheck: written by the rehearsal, for a handler of any type
import * as original from './handler.original';
export * from './handler.original';

let greetings = 0;

export const hello = async (event, ...rest) => {
  greetings += 1;
  return original.hello(event, ...rest);
};
`,
  });
});

test.each([
  ['serverless.yaml', service('handler.hello')],
  [
    'serverless.json',
    '{ "functions": [{ "hello": { "handler": "handler.hello", "events": [{ "httpApi": "GET /" }] } }] }',
  ],
])('the handlers are found in %s too', (name, content) => {
  write({ [name]: content, 'handler.ts': '' });
  expect(Object.keys(filesOf(harmless, workTree, '.'))).toEqual(['handler.original.ts', 'handler.ts']);
});

test('the handlers of a configuration that is a program are those that sls prints', () => {
  write({ 'serverless.ts': 'export default make();', 'handler.ts': '' });
  const functions = { hello: { handler: 'handler.hello', events: [{ httpApi: 'GET /' }] } };
  expect(Object.keys(filesOf(harmless, workTree, '.', functions))).toEqual(['handler.original.ts', 'handler.ts']);
});

test('a directory without a configuration is refused with the names that it could have', () => {
  expect(() => filesOf(harmless, workTree, '.')).toThrow('has no serverless.yml, serverless.yaml, serverless.json, ');
});

test('a second change replaces the first, and the original handler is kept', () => {
  const original = 'export const hello = 1;\n';
  write({ 'api/serverless.yml': service('handler.hello'), 'api/handler.ts': original });
  write(filesOf(harmless, workTree, 'api'));
  const files = filesOf(harmful, workTree, 'api');
  expect(files['api/handler.original.ts']).toBe(original);
  expect(files['api/handler.ts']).toContain('sec-ch-ua-model');
  expect(files['api/handler.ts']).not.toContain('greetings += 1');
});

test('each file gets one wrapper with the same extension, which covers all handlers in it', () => {
  write({
    'api/serverless.yml': service('src/a.one', 'src/a.two', 'src/b.main'),
    'api/src/a.mjs': 'export const one = 1, two = 2;',
    'api/src/b.js': 'exports.main = 1;',
  });
  const files = filesOf(harmless, workTree, 'api');
  expect(Object.keys(files).sort()).toEqual([
    'api/src/a.mjs',
    'api/src/a.original.mjs',
    'api/src/b.js',
    'api/src/b.original.js',
  ]);
  expect(files['api/src/a.mjs']!.match(/^export const \w+/gm)).toEqual(['export const one', 'export const two']);
});

test('functions that are not behind the API, such as hooks, are not changed', () => {
  const hook =
    '  hook:\n    handler: hooks/hook.handler\n  task:\n    handler: task.run\n    events: [{ schedule: rate(1 day) }]\n';
  write({ 'serverless.yml': service('handler.hello') + hook, 'handler.ts': '' });
  expect(Object.keys(filesOf(harmless, workTree, '.'))).toEqual(['handler.original.ts', 'handler.ts']);
});

test('the harmless change does not affect responses', async () => {
  write({
    'serverless.yml': service('handler.hello'),
    'handler.js': 'exports.hello = async (e, c) => [e.name, c.name];',
  });
  const hello = await handlerOf(filesOf(harmless, workTree, '.'), 'handler.js', 'hello');
  expect(await hello({ name: 'Ada' }, { name: 'context' })).toEqual(['Ada', 'context']);
});

test('the harmful change fails only for phones that do not send their model', async () => {
  write({ 'serverless.yml': service('handler.hello'), 'handler.js': 'exports.hello = async () => "hello";' });
  const hello = await handlerOf(filesOf(harmful, workTree, '.'), 'handler.js', 'hello');
  const from = (agent: string) => hello({ headers: { 'user-agent': agent } });
  expect(await hello({})).toBe('hello');
  expect(await from('Mozilla/5.0 (Windows NT 10.0)')).toBe('hello');
  expect(await hello({ headers: { 'user-agent': 'iPhone', 'sec-ch-ua-model': '"16"' } })).toBe('hello');
  await expect(from('Mozilla/5.0 (iPhone)')).rejects.toThrow('not valid JSON');
});

test.each([
  [
    'no function behind the API',
    'functions:\n  f: { handler: a.b }\n',
    "'serverless.yml' has no function with an httpApi event, so there is no traffic to rehearse with; add such an event",
  ],
  [
    'no functions at all',
    'service: shop\n',
    "'serverless.yml' has no function with an httpApi event, so there is no traffic to rehearse with; add such an event",
  ],
  [
    'handlers that only sls can resolve',
    service(`a.\${sls:stage}`, 'b.main', 'c'),
    `'serverless.yml': cannot rehearse a change of handler a.\${sls:stage}, c; write it as file.function, without variables`,
  ],
  [
    'a handler without a file',
    service('gone.main'),
    "cannot rehearse a change of handler 'gone': no such file with an extension of .ts, .mts, .cts, .js, .mjs, .cjs; correct the handler in serverless.yml",
  ],
])('a service with %s is refused', (_, yaml, message) => {
  write({ 'serverless.yml': yaml });
  expect(() => filesOf(harmless, workTree, '.')).toThrow(
    message.replace("'serverless.yml'", `'${workTree}/serverless.yml'`),
  );
});
