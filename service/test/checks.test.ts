import checks from '../checks.json';

test('every check has a different name', () => {
  expect(checks.length).toBeGreaterThan(0);
  expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
});
