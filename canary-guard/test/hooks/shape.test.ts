import { shapeDifferences } from '../../hooks/shape';

const one = (old: unknown, fresh: unknown) => shapeDifferences([old], [fresh]);

test.each<[string, unknown, unknown]>([
  ['other values', { a: 1, b: 'x' }, { a: 2, b: 'y' }],
  ['new fields', { a: 1 }, { a: 1, b: { c: 2 } }],
  ['null for a value', { a: { b: 1 } }, { a: null }],
  ['a value for null', { a: null }, { a: { b: 1 } }],
  ['an empty list', { list: [{ a: 1 }] }, { list: [] }],
  ['a list that was empty', { list: [] }, { list: ['x'] }],
  ['fields of only some items', { list: [{ a: 1 }, { a: 1, b: 2 }] }, { list: [{ a: 1 }] }],
  ['content where there was none', '', { a: 1 }],
  ['other text', 'hello', 'goodbye'],
])('takes %s for the same shape', (_, old, fresh) => {
  expect(one(old, fresh)).toEqual([]);
});

test.each<[string, unknown, unknown, object]>([
  ['a field that is gone', { a: 1, b: 2 }, { a: 1 }, { path: 'b', was: 'number', is: 'missing' }],
  ['another type', { a: { b: 1 } }, { a: { b: '1' } }, { path: 'a.b', was: 'number', is: 'string' }],
  [
    'a field gone from the items of a list',
    { list: [{ a: 1, b: 2 }] },
    { list: [{ a: 1 }] },
    { path: 'list[].b', was: 'number', is: 'missing' },
  ],
  ['a list that became an object', [1], { 0: 1 }, { path: '', was: 'array', is: 'object' }],
  ['text for JSON', { a: 1 }, '<html>', { path: '', was: 'object', is: 'string' }],
  ['an answer without content', { a: 1 }, '', { path: '', was: 'object', is: 'nothing' }],
  ['null for the whole', { a: 1 }, null, { path: '', was: 'object', is: 'nothing' }],
])('sees %s', (_, old, fresh, difference) => {
  expect(one(old, fresh)).toEqual([difference]);
});

test('a field counts if all old answers have it, and is gone if no new one has it', () => {
  expect(shapeDifferences([{ a: 1, b: 1 }, { a: 1 }], [{ a: 1 }])).toEqual([]);
  expect(shapeDifferences([{ a: 1 }], [{ a: 1 }, {}])).toEqual([]);
});

test('a type differs if no new answer has one that an old one had', () => {
  expect(shapeDifferences([{ a: 1 }, { a: 'x' }], [{ a: 'y' }])).toEqual([]);
  expect(shapeDifferences([{ a: 1 }, { a: 'x' }], [{ a: [] }, { a: true }])).toEqual([
    { path: 'a', was: 'number or string', is: 'array or boolean' },
  ]);
});
