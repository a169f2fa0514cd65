'use strict';

const { existsSync, readFileSync } = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

/** An error of Lambda's runtime, with Lambda's name for it. */
class RuntimeError extends Error {
  constructor(type, message) {
    super(message);
    this.name = `Runtime.${type}`;
  }
}

function isModuleFolder(taskRoot, folder) {
  for (let current = folder; current.startsWith(taskRoot); current = path.dirname(current)) {
    if (path.basename(current) === 'node_modules') return false;
    const file = path.join(current, 'package.json');
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')).type === 'module';
  }
  return false;
}

async function loadModule(taskRoot, folder, name) {
  const file = path.resolve(taskRoot, folder, name);
  if (existsSync(file)) return require(file);
  const isModule = isModuleFolder(taskRoot, path.dirname(file));
  if (existsSync(`${file}.js`)) return isModule ? import(pathToFileURL(`${file}.js`).href) : require(`${file}.js`);
  if (existsSync(`${file}.mjs`)) return import(pathToFileURL(`${file}.mjs`).href);
  if (existsSync(`${file}.cjs`)) return require(`${file}.cjs`);
  return require(require.resolve(name, { paths: [taskRoot, path.resolve(taskRoot, folder)] }));
}

/**
 * Loads the handler of a function as AWS's runtime interface client does: `folder/module.export`, the module as .js,
 * .mjs or .cjs, an ES module where its extension or the nearest package.json says so.
 *
 * @throws RuntimeError with Lambda's type and message, or the module's own error.
 */
async function loadHandler({ taskRoot, handlerName, promisesOnly }) {
  if (handlerName.includes('..')) {
    throw new RuntimeError(
      'MalformedHandlerName',
      `'${handlerName}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const [, folder, name, exported] = /^(.*?)([^/.]*)\.([^/]*)$/.exec(handlerName) ?? [];
  if (!name) throw new RuntimeError('MalformedHandlerName', 'Bad handler');
  let loaded;
  try {
    loaded = await loadModule(taskRoot, folder, name);
  } catch (error) {
    if (error instanceof SyntaxError)
      throw Object.assign(new RuntimeError('UserCodeSyntaxError', String(error)), { stack: error.stack });
    if (error?.code === 'MODULE_NOT_FOUND') throw new RuntimeError('ImportModuleError', String(error));
    throw error;
  }
  const handler = exported.split('.').reduce((object, key) => object?.[key], loaded);
  if (!handler) throw new RuntimeError('HandlerNotFound', `${handlerName} is undefined or not exported`);
  if (typeof handler !== 'function') throw new RuntimeError('HandlerNotFound', `${handlerName} is not a function`);
  if (promisesOnly && handler.length >= 3) {
    throw new RuntimeError(
      'CallbackHandlerDeprecated',
      'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need ' +
        'to modify this function to use a supported handler signature to use Node.js 24 or later. For more information ' +
        'see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.',
    );
  }
  return handler;
}

module.exports = { loadHandler, RuntimeError };
