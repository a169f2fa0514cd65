import { parseRouteKey, selectRoute } from '../../aws-rules/http-routes';
import vectors from './vectors/http-routes.json';

test.each(vectors.cases)('$method $path is routed to $route of $routes', ({ routes, method, path, route }) => {
  const candidates = routes.map((key) => ({ key: parseRouteKey(key) }));
  expect(selectRoute(candidates, method, path)?.route.key.text ?? null).toBe(route);
});

test('the match includes the values of the variables', () => {
  const routes = [{ key: parseRouteKey('GET /shops/{shop}/{rest+}') }];
  expect(selectRoute(routes, 'GET', '/shops/7/a/b')?.parameters).toEqual({ shop: '7', rest: 'a/b' });
});

test.each(['/orders', 'FETCH /orders', 'GET orders', 'GET /{all+}/more'])('%s is not a route key', (text) => {
  expect(() => parseRouteKey(text)).toThrow(expect.objectContaining({ name: 'InvalidRouteKey' }));
});
