/** @import { DeclaredRoute, DeploymentSettings, Model, Problem, Refuse, WrittenCheck } from './model' */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { matchPath, readRoute } = require('../rules/http-routes.js');
const { canariedFunctions, functionOf, hooks } = require('./names.js');

/** Next to serverless.yml: the checks that the hooks run. */
const FILE = 'checks.json';
const KEYS = ['name', 'function', 'route', 'path', 'headers', 'body', 'event', 'expected', 'repeat', 'fixes'];
const EXAMPLE = '{ "name": "…", "function": "…", "route": "GET /…" }';

/**
 * @param {string} directory Directory of the service.
 * @returns {string | undefined} The text of checks.json. Undefined if there is no such file.
 */
function readChecks(directory) {
  try {
    return readFileSync(join(directory, FILE), 'utf8');
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Finds what is wrong with the checks, and the routes that no check requests.
 *
 * @param {Pick<Model, 'service'> & { checks: string | undefined }} model
 * @returns {Problem[]}
 */
function findCheckProblems({ service, checks: text }) {
  const guarded = new Set([...hooks({ service }).values()].flat());
  if (text === undefined) {
    if (guarded.size === 0) return [];
    const problem = `the hooks of ${[...guarded].join(', ')} have no checks to run without it`;
    return [{ path: FILE, received: undefined, problem, remedy: `write a list of checks, such as [${EXAMPLE}]` }];
  }
  /** @type {unknown} */
  let checks;
  try {
    checks = JSON.parse(text);
  } catch (error) {
    const { message } = /** @type {SyntaxError} */ (error);
    return [{ path: FILE, received: message, problem: 'is not JSON', remedy: 'correct it at that place' }];
  }
  if (!Array.isArray(checks)) {
    return [{ path: FILE, received: checks, problem: 'is not a list', remedy: `write a list, such as [${EXAMPLE}]` }];
  }
  const canaried = canariedFunctions({ service }).filter(({ name }) => guarded.has(name));
  const known = canaried.map(({ name }) => name);
  return [
    ...checks.flatMap((check, index) => findProblems(service, known, check, `${FILE}[${index}]`)),
    ...findRepeatedNames(checks),
    ...canaried.flatMap(({ name, settings }) => findUncheckedRoutes(service, name, settings, checks)),
  ];
}

/**
 * @param {Model['service']} service
 * @param {readonly string[]} known
 * @param {unknown} check
 * @param {string} path
 * @returns {Problem[]}
 */
function findProblems(service, known, check, path) {
  if (!isObject(check)) return [{ path, received: check, problem: 'is not a check', remedy: `write ${EXAMPLE}` }];
  /** @type {Problem[]} */
  const problems = [];
  /** @type {Refuse} */
  const refuse = (key, problem, remedy, allowed) => {
    const received = key
      .split('.')
      .reduce((/** @type {unknown} */ value, part) => (isObject(value) ? value[part] : undefined), check);
    problems.push({ path: `${path}.${key}`, received, problem, ...(allowed && { known: allowed }), remedy });
  };
  for (const key of Object.keys(check)) {
    if (key === 'mends')
      refuse(key, 'is the former name of the key fixes, and would be ignored', 'write fixes instead');
    else if (!KEYS.includes(key)) {
      refuse(key, 'is not a key of a check, and would be ignored', 'use a known one', KEYS);
    }
  }
  if (!isText(check.name)) {
    refuse('name', 'a failure is reported by the name of its check', 'describe in a few words what the check verifies');
  }
  if (!isText(check.function) || !known.includes(check.function)) {
    refuse('function', 'no hook guards a function of this name', 'name a canaried function that has hooks', known);
  }
  for (const key of ['repeat', 'fixes']) {
    if (check[key] !== undefined && typeof check[key] !== 'boolean') {
      refuse(key, 'is neither true nor false', 'write true or false, or leave it out');
    }
  }
  if ((check.route === undefined) === (check.event === undefined)) {
    problems.push({
      path,
      received: check.route === undefined ? undefined : { route: check.route, event: check.event },
      problem: 'must have either a route or an event',
      remedy: 'write the route of a function behind an HTTP API, or the event that any other function receives',
    });
  } else if (check.route === undefined) findEventProblems(check, refuse);
  else if (isText(check.function) && known.includes(check.function)) {
    findRouteProblems(routesOf(service, check.function), { ...check, function: check.function }, refuse);
  }
  return problems;
}

/**
 * @param {WrittenCheck} check
 * @param {Refuse} refuse
 */
function findEventProblems({ expected, ...check }, refuse) {
  for (const key of ['path', 'headers', 'body']) {
    if (check[key] !== undefined) refuse(key, 'the function receives nothing but the event', 'put it into the event');
  }
  findExpectationProblems(expected, { result: () => true }, refuse);
}

/**
 * @param {readonly DeclaredRoute[]} routes
 * @param {WrittenCheck & { readonly function: string }} check
 * @param {Refuse} refuse
 */
function findRouteProblems(routes, { function: name, route: text, path, headers, expected }, refuse) {
  const route = isText(text) ? readRoute(text) : undefined;
  if (!route || !routes.some((declared) => serves(declared, route))) {
    refuse(
      'route',
      route ? `${name} has no such httpApi event` : 'is not a method and a path',
      routes.length === 0
        ? `give the check an event, as ${name} receives it`
        : 'use a known one, as serverless.yml has it',
      routes.map(written),
    );
    return;
  }
  const { template } = route;
  if (path === undefined) {
    const open = template === undefined ? 'accepts any path' : template.includes('{') && 'has parameters';
    if (open) refuse('path', `the route ${open}`, `write a path such as ${samplePath(template)}`);
  } else if (!isText(path) || !matchPath(template, path.split('?')[0] ?? '')) {
    refuse('path', `does not match the route ${text}`, `write one such as ${samplePath(template)}`);
  }
  if (headers !== undefined && !(isObject(headers) && Object.values(headers).every((one) => typeof one === 'string'))) {
    refuse('headers', 'is not an object of strings', 'write names and values, such as { "accept": "text/html" }');
  }
  findExpectationProblems(expected, { status: isStatus, body: () => true }, refuse);
}

/**
 * @param {unknown} expected
 * @param {Readonly<Record<string, (value: unknown) => boolean>>} allowed
 * @param {Refuse} refuse
 */
function findExpectationProblems(expected, allowed, refuse) {
  if (expected === undefined) return;
  const keys = Object.keys(allowed);
  if (!isObject(expected)) {
    refuse('expected', 'is not an object', `write an object of ${keys.join(' and ')}, or leave it out`);
    return;
  }
  for (const [key, value] of Object.entries(expected)) {
    const accepts = allowed[key];
    if (!accepts) refuse(`expected.${key}`, 'is not compared with anything', 'use a known key', keys);
    else if (!accepts(value)) refuse(`expected.${key}`, 'is not an HTTP status', 'write a number such as 200');
  }
}

/**
 * @param {readonly unknown[]} checks
 * @returns {Problem[]}
 */
function findRepeatedNames(checks) {
  const names = checks.map((check) => (isObject(check) ? check.name : undefined));
  return names.flatMap((name, index) => {
    const first = names.indexOf(name);
    if (name === undefined || first === index) return [];
    const problem = `is also the name of ${FILE}[${first}], so a failure could be of either`;
    return [{ path: `${FILE}[${index}].name`, received: name, problem, remedy: 'give each check a different name' }];
  });
}

/**
 * Finds the routes that the pre-traffic hook would let through broken, because no check requests them.
 *
 * @param {Model['service']} service
 * @param {string} name
 * @param {DeploymentSettings} settings
 * @param {readonly unknown[]} checks
 * @returns {Problem[]}
 */
function findUncheckedRoutes(service, name, settings, checks) {
  if (!settings.preTrafficHook) return [];
  const own = checks.filter(isObject).filter((check) => check.function === name);
  const routes = routesOf(service, name);
  if (routes.length === 0 && own.length === 0) {
    const problem = `no check invokes ${name}, so its pre-traffic hook would let every release pass`;
    const remedy = `add { "name": "…", "function": "${name}", "event": … } with an event as ${name} receives it`;
    return [{ path: FILE, received: undefined, problem, remedy }];
  }
  return routes
    .filter((route) => own.length === 0 || !(isCatchAll(route) || own.some((check) => requests(check, route))))
    .map((route) => ({
      path: FILE,
      received: undefined,
      problem: `${written(route)} of ${name} has no check, so its pre-traffic hook would not notice that it is broken`,
      remedy: `add { "name": "…", "function": "${name}", "route": "${written(route)}" }`,
    }));
}

/**
 * @param {Model['service']} service
 * @param {string} name
 * @returns {DeclaredRoute[]} The routes of a function's httpApi events.
 */
function routesOf(service, name) {
  return (functionOf(service, name).events ?? []).flatMap(({ httpApi }) => {
    if (!httpApi) return [];
    const text = typeof httpApi === 'string' ? httpApi : `${httpApi.method ?? ''} ${httpApi.path}`;
    return readRoute(text.replace(/^\S* \*$/, '*')) ?? []; // sls refuses what is not a route
  });
}

/** @param {DeclaredRoute} route */
const isCatchAll = ({ method, template }) => method === 'ANY' || template === undefined;

/** @param {DeclaredRoute} route */
const written = ({ key, template }) => (template === undefined ? '*' : key);

/**
 * @param {WrittenCheck} check
 * @param {DeclaredRoute} route
 */
const requests = (check, route) => isText(check.route) && readRoute(check.route)?.key === route.key;

/**
 * @param {DeclaredRoute} declared
 * @param {DeclaredRoute} route
 */
const serves = (declared, { method, template }) =>
  (declared.method === 'ANY' || declared.method === method) &&
  (declared.template === undefined || declared.template === template);

/** @param {string | undefined} template */
const samplePath = (template) => (template === undefined ? '/' : template.replace(/\{[^}]*\}/g, '7'));

/**
 * @param {unknown} value
 * @returns {value is WrittenCheck}
 */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * @param {unknown} value
 * @returns {value is string}
 */
const isText = (value) => typeof value === 'string' && value.trim() !== '';

/** @param {unknown} status */
const isStatus = (status) => typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599;

module.exports = { findCheckProblems, readChecks };
