import {
  CONFIG_PREFIX,
  DEPLOYMENT_TYPES,
  isAllAtOnce,
  shiftsInSteps,
} from '../../canary-guard/rules/deployment-types.js';
import { matchPath, readRoute } from '../../canary-guard/rules/http-routes.js';
import routes from '../aws-rules/vectors/http-routes.json';
import shifts from '../aws-rules/vectors/traffic-shift.json';

// canary-guard imports nothing of this repository, so its few lines of AWS's rules are held to the same vectors.

describe('deployment types', () => {
  test('are those of CodeDeploy', () => {
    expect([...DEPLOYMENT_TYPES].sort()).toEqual(shifts.presets.map(({ name }) => name).sort());
    expect(CONFIG_PREFIX).toBe(shifts.prefix);
  });

  test.each(shifts.presets)('$name is recognised by how its weights change', ({ name, type, steps }) => {
    expect(shiftsInSteps(name)).toBe(type === 'TimeBasedLinear');
    expect(shiftsInSteps(name)).toBe(steps.length > 2);
    expect(isAllAtOnce(`${shifts.prefix}${name}`)).toBe(type === 'AllAtOnce');
  });
});

describe('routes', () => {
  const matches = (route: string, method: string, path: string) => {
    const read = readRoute(route)!;
    return ['ANY', method].includes(read.method) && matchPath(read.template, path) !== undefined;
  };

  test.each(routes.cases)('$method $path matches $route of $routes', ({ routes: all, method, path, route }) => {
    if (route !== null) expect(matches(route, method, path)).toBe(true);
    // API Gateway prefers one route of those that match; without one, none matches.
    else expect(all.filter((each) => matches(each, method, path))).toEqual([]);
  });

  test.each([...new Set(routes.cases.flatMap((each) => each.routes))])('%s keeps its key', (route) => {
    expect(readRoute(route)?.key).toBe(route);
  });
});
