/** @import { Model, Problem } from './model' */
const { execFile } = require('node:child_process');
const { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } = require('node:fs');
const { availableParallelism, tmpdir } = require('node:os');
const { dirname, extname, join } = require('node:path');
const { functionOf, hooks } = require('./names.js');
const { unpack } = require('./zip.js');

/** Milliseconds. Code that takes longer is not judged: Lambda's own limit for an initialisation is 10 s. */
const LONGEST_LOAD = 15_000;

/** Scopes of the packages that Lambda's Node.js runtimes bring. */
const OF_RUNTIME = ['@aws-sdk', '@smithy'];

/** Stands for the value of a variable that only CloudFormation knows. Much code accepts it as an address. */
const UNKNOWN = 'https://known-when-deployed.invalid';

/** Exit codes of {@link LOADER}. */
const [NO_HANDLER, FAILED] = [3, 4];

/** Loads a module as Lambda does, and prints why that fails. */
const LOADER = `
const [file, name] = process.argv.slice(1);
import(require('node:url').pathToFileURL(file)).then(
  (module) => process.exit([module, module.default].some((each) => typeof each?.[name] === 'function') ? 0 : ${NO_HANDLER}),
  (error) => {
    console.error(JSON.stringify({ code: error?.code, text: String(error).split('\\n')[0], syntax: error instanceof SyntaxError }));
    process.exit(${FAILED});
  },
);`;

/**
 * Finds hooks whose packaged code cannot be loaded: such a hook never reports, and holds the deployment for an hour. Each is
 * loaded in a process of its own, without credentials, with no other packages than Lambda brings.
 *
 * Not judged is what may be otherwise in Lambda: code with layers, and errors of the code itself where this Node.js is older
 * than the runtime, or where variables have values that only CloudFormation knows.
 *
 * @param {Pick<Model, 'service' | 'naming' | 'template'>} model
 * @returns {Promise<Problem[]>}
 */
async function findHookCodeProblems(model) {
  const directory = mkdtempSync(join(tmpdir(), 'canary-guard-'));
  try {
    linkRuntimePackages(join(directory, 'node_modules'));
    const waiting = [...hooks(model).keys()];
    /** @type {Problem[]} */
    const problems = [];
    const work = async () => {
      for (let hook = waiting.shift(); hook !== undefined; hook = waiting.shift()) {
        problems.push(...(await findProblems(model, hook, join(directory, hook))));
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, work));
    return problems;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * @param {Pick<Model, 'service' | 'naming' | 'template'>} model
 * @param {string} hook
 * @param {string} directory
 * @returns {Promise<Problem[]>}
 */
async function findProblems({ service, naming, template }, hook, directory) {
  const artifact = functionOf(service, hook).package?.artifact ?? service.package?.artifact;
  const properties = template.Resources[naming.getLambdaLogicalId(hook)]?.Properties ?? {};
  const { Handler, Runtime, Layers } = properties;
  const runtime = /^nodejs(\d+)\./.exec(Runtime)?.[1];
  if (typeof Handler !== 'string' || runtime === undefined || Layers || !artifact || !existsSync(artifact)) return [];
  unpack(artifact, directory);
  const dot = Handler.lastIndexOf('.');
  const [path, name] = [Handler.slice(0, dot), Handler.slice(dot + 1)];
  /** @type {(problem: string, remedy: string) => Problem[]} */
  const refuse = (problem, remedy) => [{ path: `functions.${hook}.handler`, received: Handler, problem, remedy }];
  const file = ['.js', '.mjs', '.cjs'].map((extension) => join(directory, `${path}${extension}`)).find(existsSync);
  if (file === undefined) {
    const remedy = 'correct the path, or add serverless-esbuild to plugins if it is TypeScript';
    return refuse(`its package has no ${path}.js, .mjs or .cjs, so the hook would never report`, remedy);
  }
  const variables = properties.Environment?.Variables ?? {};
  const { code, output } = await load(file, name, variables, directory);
  if (code === NO_HANDLER) {
    return refuse(`${path}${extname(file)} exports no function ${name}, so the hook would never report`, 'export it');
  }
  if (code !== FAILED) return [];
  const error = JSON.parse(output);
  const missing = ['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND'].includes(error.code);
  const isOlder = Number(process.versions.node.split('.')[0]) < Number(runtime);
  const isKnown = Object.values(variables).every((value) => typeof value !== 'object');
  if (!missing && (isOlder || !(isKnown || error.syntax))) return [];
  return refuse(
    `its code cannot be loaded, so the hook would never report: ${error.text}`,
    missing
      ? 'add serverless-esbuild to plugins, or the package to package.patterns'
      : 'correct the code; it must load without credentials',
  );
}

/**
 * @param {string} file
 * @param {string} name
 * @param {Readonly<Record<string, unknown>>} variables
 * @param {string} directory
 * @returns {Promise<{ code: number | undefined, output: string }>}
 */
function load(file, name, variables, directory) {
  const env = {
    PATH: process.env.PATH,
    HOME: directory,
    AWS_REGION: 'us-east-1',
    LAMBDA_TASK_ROOT: directory,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...Object.fromEntries(
      Object.entries(variables).map(([key, value]) => [key, typeof value === 'object' ? UNKNOWN : String(value)]),
    ),
    NODE_OPTIONS: '',
  };
  const options = { cwd: directory, env, timeout: LONGEST_LOAD, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((done) => {
    execFile(process.execPath, ['-e', LOADER, file, name], options, (error, _, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error ? undefined : 0;
      done({ code, output: stderr.trim().split('\n').at(-1) ?? '' });
    });
  });
}

/** @param {string} directory Directory above the unpacked code, where Node.js looks for packages. */
function linkRuntimePackages(directory) {
  mkdirSync(directory);
  const client = dirname(require.resolve('@aws-sdk/client-codedeploy/package.json'));
  const installed = dirname(dirname(realpathSync(client)));
  for (const scope of OF_RUNTIME) {
    const source = join(installed, scope);
    if (existsSync(source)) symlinkSync(source, join(directory, scope));
  }
}

module.exports = { findHookCodeProblems };
