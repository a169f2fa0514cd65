import { withServicePackages } from '../../../lib/config/service-packages-cache';
import { BUILD_SPEC } from '../fixtures';

test('the cache of a service with a lock file of its own has its packages, and another entry for each of its lock files', () => {
  const packages = { lockFile: 'apps/api/package-lock.json', modules: ['apps/api/node_modules'] };
  expect(withServicePackages(BUILD_SPEC, packages).cache).toEqual({
    key: 'npm-$(codebuild-hash-files package-lock.json)-$(codebuild-hash-files apps/api/package-lock.json)',
    'fallback-keys': ['npm-'],
    paths: ['node_modules/**/*', '/root/.npm/**/*', 'apps/api/node_modules/**/*'],
  });
});

test('packages of a workspace are cached by the lock file of the repository', () => {
  expect(withServicePackages(BUILD_SPEC, { modules: ['apps/api/node_modules'] }).cache).toEqual({
    ...BUILD_SPEC.cache,
    paths: ['node_modules/**/*', '/root/.npm/**/*', 'apps/api/node_modules/**/*'],
  });
});

test('everything else of buildspec.yml stays as it is', () => {
  const packages = { lockFile: 'apps/api/package-lock.json', modules: ['apps/api/node_modules'] };
  expect({ ...withServicePackages(BUILD_SPEC, packages), cache: undefined }).toEqual({
    ...BUILD_SPEC,
    cache: undefined,
  });
  expect(withServicePackages(BUILD_SPEC, { modules: [] })).toBe(BUILD_SPEC);
  const { cache: _, ...uncached } = BUILD_SPEC;
  expect(withServicePackages(uncached, packages)).toBe(uncached);
});
