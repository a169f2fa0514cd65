import { join } from 'node:path';
import { PACKAGE_NAMES } from '../edges';
import { importsOf } from '../imports';

test('the sample imports nothing of this repository but serverless-canary-guard, by its name', () => {
  const outside = importsOf(join(__dirname, '../..'), 'service', PACKAGE_NAMES).filter(
    ({ target }) => target !== undefined && !target.startsWith('service/'),
  );
  expect(outside.map(({ specifier }) => specifier)).toEqual([
    'serverless-canary-guard/hooks',
    'serverless-canary-guard/hooks',
  ]);
});
