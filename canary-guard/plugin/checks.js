const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { canariedFunctions, deploymentSettings, hooks } = require('./names.js');

/** Beside serverless.yml: what the hooks ask of the functions. */
const FILE = 'checks.json';
const KEYS = ['name', 'function', 'route', 'path', 'headers', 'body', 'event', 'expected', 'repeat', 'mends'];
const METHODS = ['ANY', 'GET', 'POST', 'PUT', 'PATCH', 'OPTIONS', 'HEAD', 'DELETE'];
const EXAMPLE = '{ "name": "…", "function": "…", "route": "GET /…" }';

/** @returns {string | undefined} the checks as they are written, undefined without them */
function readChecks(directory) {
  try {
    return readFileSync(join(directory, FILE), 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** What is wrong with the checks, and which routes have none. @returns {import('./problems').Problem[]} */
function findCheckProblems({ service, checks: text }) {
  const asked = new Set([...hooks(service).values()].flat());
  if (text === undefined) {
    if (asked.size === 0) return [];
    const problem = `the hooks of ${[...asked].join(', ')} have nothing to ask without it`;
    return [{ path: FILE, received: undefined, problem, remedy: `write a list of checks, such as [${EXAMPLE}]` }];
  }
  let checks;
  try {
    checks = JSON.parse(text);
  } catch (error) {
    return [{ path: FILE, received: error.message, problem: 'is not JSON', remedy: 'mend it at that place' }];
  }
  if (!Array.isArray(checks)) {
    return [{ path: FILE, received: checks, problem: 'is no list', remedy: `write a list, such as [${EXAMPLE}]` }];
  }
  const known = canariedFunctions(service).filter((name) => asked.has(name));
  return [
    ...checks.flatMap((check, index) => findProblems(service, known, check, `${FILE}[${index}]`)),
    ...findDoubledNames(checks),
    ...known.flatMap((name) => findUnaskedRoutes(service, name, checks)),
  ];
}

function findProblems(service, known, check, path) {
  if (!isObject(check)) return [{ path, received: check, problem: 'is no check', remedy: `write ${EXAMPLE}` }];
  const problems = [];
  const refuse = (key, problem, remedy, allowed) => {
    const received = key.split('.').reduce((value, part) => value?.[part], check);
    problems.push({ path: `${path}.${key}`, received, problem, ...(allowed && { known: allowed }), remedy });
  };
  for (const key of Object.keys(check)) {
    if (!KEYS.includes(key)) refuse(key, 'is no key of a check, and would be ignored', 'use a known one', KEYS);
  }
  if (!isText(check.name)) refuse('name', 'a check is told by its name', 'say in a few words what is asked');
  if (!known.includes(check.function)) {
    refuse('function', 'no hook asks a function of this name', 'name a canaried function that has hooks', known);
  }
  for (const key of ['repeat', 'mends']) {
    if (check[key] !== undefined && typeof check[key] !== 'boolean') {
      refuse(key, 'is neither true nor false', 'write true or false, or leave it out');
    }
  }
  if ((check.route === undefined) === (check.event === undefined)) {
    problems.push({
      path,
      received: check.route === undefined ? undefined : { route: check.route, event: check.event },
      problem: 'must have either a route or an event',
      remedy: 'write the route for what is behind an HTTP API, the event, as the function gets it, for all else',
    });
  } else if (check.route === undefined) findEventProblems(check, refuse);
  else if (known.includes(check.function)) findRouteProblems(service, check, refuse);
  return problems;
}

function findEventProblems({ expected, ...check }, refuse) {
  for (const key of ['path', 'headers', 'body']) {
    if (check[key] !== undefined) refuse(key, 'an event is all that the function gets', 'put it into the event');
  }
  findExpectationProblems(expected, { result: () => true }, refuse);
}

function findRouteProblems(service, { function: name, route, path, headers, expected }, refuse) {
  const routes = routesOf(service, name);
  const asked = readRoute(route);
  if (!asked || !routes.some((own) => answers(own, asked))) {
    refuse(
      'route',
      asked ? `${name} has no such httpApi event` : 'is no method and path',
      routes.length === 0 ? `give the check an event, as ${name} gets it` : 'use a known one, as serverless.yml has it',
      routes.map(written),
    );
    return;
  }
  if (path === undefined) {
    const open = asked.template === '*' ? 'takes any path' : asked.template.includes('{') && 'has parameters';
    if (open) refuse('path', `the route ${open}`, `write a path such as ${sample(asked.template)}`);
  } else if (!isText(path) || !matches(asked.template, path)) {
    refuse('path', `is no path of the route ${route}`, `write one such as ${sample(asked.template)}`);
  }
  if (headers !== undefined && !(isObject(headers) && Object.values(headers).every((one) => typeof one === 'string'))) {
    refuse('headers', 'is no object of texts', 'write names and values, such as { "accept": "text/html" }');
  }
  const isStatus = (status) => Number.isInteger(status) && status >= 100 && status <= 599;
  findExpectationProblems(expected, { status: isStatus, body: () => true }, refuse);
}

function findExpectationProblems(expected, allowed, refuse) {
  if (expected === undefined) return;
  const keys = Object.keys(allowed);
  if (!isObject(expected)) {
    refuse('expected', 'is no object', `write an object of ${keys.join(' and ')}, or leave it out`);
    return;
  }
  for (const [key, value] of Object.entries(expected)) {
    if (!keys.includes(key)) refuse(`expected.${key}`, 'is not compared with anything', 'use a known key', keys);
    else if (!allowed[key](value)) refuse(`expected.${key}`, 'is no status of HTTP', 'write a number such as 200');
  }
}

function findDoubledNames(checks) {
  const names = checks.map((check) => check?.name);
  return names.flatMap((name, index) => {
    const first = names.indexOf(name);
    if (name === undefined || first === index) return [];
    const problem = `is the name of ${FILE}[${first}] too, and a failure could be either's`;
    return [{ path: `${FILE}[${index}].name`, received: name, problem, remedy: 'give each check a name of its own' }];
  });
}

/** What no check asks goes to everybody unseen by the pre-traffic hook. */
function findUnaskedRoutes(service, name, checks) {
  if (!deploymentSettings(service, name).preTrafficHook) return [];
  const own = checks.filter((check) => check?.function === name);
  const routes = routesOf(service, name);
  if (routes.length === 0 && own.length === 0) {
    const problem = `no check asks ${name}, so its pre-traffic hook would let every release pass`;
    const remedy = `add { "name": "…", "function": "${name}", "event": … } with an event as ${name} gets it`;
    return [{ path: FILE, received: undefined, problem, remedy }];
  }
  return routes
    .filter((route) => own.length === 0 || !(isCatchAll(route) || own.some((check) => isOf(check, route))))
    .map((route) => ({
      path: FILE,
      received: undefined,
      problem: `${written(route)} of ${name} has no check, so its pre-traffic hook would not notice that it is broken`,
      remedy: `add { "name": "…", "function": "${name}", "route": "${written(route)}" }`,
    }));
}

/** The routes of a function's httpApi events. */
function routesOf(service, name) {
  return (service.functions[name].events ?? [])
    .map(({ httpApi }) => httpApi)
    .filter(Boolean)
    .map((httpApi) => (httpApi.path ? `${httpApi.method ?? ''} ${httpApi.path}`.replace(/^\S* \*$/, '*') : httpApi))
    .map(readRoute)
    .filter(Boolean); // sls refuses the others
}

/** A route as sls reads it: `*` alone is every method and path, as a method it is `ANY`, and case does not matter. */
function readRoute(text) {
  if (text === '*' || text === '$default') return { method: 'ANY', template: '*' };
  const [, method, template] = /^(\S+) (\/\S*)$/.exec(text) ?? [];
  const read = { method: method?.toUpperCase().replace('*', 'ANY'), template };
  return METHODS.includes(read.method) ? read : undefined;
}

const isCatchAll = ({ method, template }) => method === 'ANY' || template === '*';
const written = ({ method, template }) => (template === '*' ? '*' : `${method} ${template}`);
const isOf = (check, route) => isText(check.route) && written(readRoute(check.route) ?? {}) === written(route);
const answers = (own, { method, template }) =>
  (own.method === 'ANY' || own.method === method) && (own.template === '*' || own.template === template);

/** Whether a path, with or without query, is one of a template's: `{id}` is one part of it, `{proxy+}` all that follows. */
function matches(template, path) {
  if (template === '*') return path.startsWith('/');
  const pattern = template
    .split(/(\{[^}]*\})/)
    .map((part) =>
      part.startsWith('{') ? (part.endsWith('+}') ? '.+' : '[^/]+') : part.replace(/[.*+?^$()|[\]\\]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${pattern}$`).test(path.split('?')[0]);
}

const sample = (template) => (template === '*' ? '/' : template.replace(/\{[^}]*\}/g, '7'));
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value) => typeof value === 'string' && value.trim() !== '';

module.exports = { findCheckProblems, readChecks };
