import {
  describeExcess,
  environmentSize,
  excess,
  inlinePoliciesLength,
  policyLength,
} from '../../../aws-rules/limits/measure';
import { QUOTAS, type QuotaId } from '../../../aws-rules/limits/quotas';
import vectors from '../vectors/limits.json';

test.each(vectors.quotas)('$quota is limited to $maximum', ({ quota, maximum, basis }) => {
  expect(QUOTAS[quota as QuotaId]).toMatchObject({ maximum, source: expect.stringMatching(/^https:/) });
  expect((QUOTAS[quota as QuotaId] as { basis?: string }).basis ?? 'published').toBe(basis);
  expect(excess(quota as QuotaId, maximum)).toEqual([]);
  expect(excess(quota as QuotaId, maximum + 1)).toEqual([{ quota, measured: maximum + 1 }]);
});

test.each(vectors.policies)('a policy of $length characters', ({ document, length }) => {
  expect(policyLength(JSON.parse(document))).toBe(length);
});

test('the inline policies of a role are counted together', () => {
  expect(inlinePoliciesLength([{ a: 1 }, { b: 2 }])).toBe(14);
});

test.each(vectors.environments)('environment variables of $size bytes', ({ variables, size }) => {
  expect(environmentSize(variables)).toBe(size);
});

test('an excess is described with the number and the limit', () => {
  expect(describeExcess({ quota: 'inlinePolicies', measured: 17_961 })).toBe(
    '17,961 characters for the inline policies of a role together, without whitespace; IAM allows 10,240',
  );
});
