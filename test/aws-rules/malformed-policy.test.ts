import { malformedPolicy, type StoredPolicyKind } from '../../aws-rules/access/malformed-policy';
import vectors from './vectors/malformed-policy.json';

interface PolicyCase {
  readonly name: string;
  readonly kind: StoredPolicyKind;
  readonly document: unknown;
  readonly expect: readonly string[];
  readonly source: string;
}

const CASES = vectors.cases as readonly PolicyCase[];

test.each(CASES)('$kind, $name: $expect', ({ kind, document, expect: expected, source }) => {
  expect(Object.keys(vectors.sources)).toContain(source);
  expect(malformedPolicy(document, kind)).toEqual(expected);
});

test('the cases have different names', () => {
  expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
});
