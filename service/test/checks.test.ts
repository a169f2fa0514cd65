import checks from '../checks.json';

test('every check has a name of its own', () => {
  expect(checks.length).toBeGreaterThan(0);
  expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
});
