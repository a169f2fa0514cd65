/** What sls takes for a method of an httpApi event, apart from `*`, which means `ANY`. */
const METHODS = ['ANY', 'GET', 'POST', 'PUT', 'PATCH', 'OPTIONS', 'HEAD', 'DELETE'];

/**
 * Reads a route as serverless.yml has it: `*` alone is API Gateway's `$default`, as a method it means `ANY`, and the
 * case of the method does not matter.
 *
 * @param {string} text
 * @returns {{ readonly key: string, readonly method: string, readonly template: string | undefined } | undefined}
 *   The key as API Gateway has it, `ANY` or another method in capitals, and the path; without a path the route takes the
 *   requests that match no other. Undefined if the text is not a route.
 */
function readRoute(text) {
  const route = text.trim();
  if (route === '*' || route === '$default') return { key: '$default', method: 'ANY', template: undefined };
  const [, written = '', template] = /^(\S+)\s+(\/\S*)$/.exec(route) ?? [];
  const method = written === '*' ? 'ANY' : written.toUpperCase();
  if (template === undefined || !METHODS.includes(method)) return undefined;
  return { key: `${method} ${template}`, method, template };
}

/**
 * Matches a path with a route's: `{id}` is one segment, a last `{proxy+}` is one or more.
 *
 * @param {string | undefined} template Path of the route; undefined for `$default`, which any path matches.
 * @param {string} path Path of a request without its query, encoded as in a URL.
 * @returns {Record<string, string> | undefined} The path parameters, decoded. Undefined if the path does not match, or
 *   if it still has a variable of the template in the place of a value.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
function matchPath(template, path) {
  if (!path.startsWith('/')) return undefined;
  if (template === undefined) return {};
  const given = path.slice(1).split('/');
  const segments = template.slice(1).split('/');
  const greedy = /\+\}$/.test(template);
  if (greedy ? given.length < segments.length : given.length !== segments.length) return undefined;
  /** @type {Record<string, string>} */
  const parameters = {};
  for (const [index, segment] of segments.entries()) {
    const [, name, plus] = /^\{([^{}+]+)(\+?)\}$/.exec(segment) ?? [];
    const value = decoded(plus ? given.slice(index).join('/') : (given[index] ?? ''));
    if (value === undefined) return undefined;
    if (name === undefined ? value !== segment : value === '' || /^\{.*\}$/.test(value)) return undefined;
    if (name !== undefined) parameters[name] = value;
  }
  return parameters;
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

module.exports = { matchPath, readRoute };
