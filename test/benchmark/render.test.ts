import { shortcomings } from '../../benchmark/bounds';
import { type Cell, cellOf, type SafetyComparison } from '../../benchmark/comparison';
import { explanations } from '../../benchmark/explanations';
import { releaseKinds } from '../../benchmark/release-kinds';
import type { ReleaseSummary } from '../../benchmark/release-summary';
import { renderJson, renderMarkdown, renderSummary } from '../../benchmark/render';
import { percent } from '../../benchmark/statistics';
import { resolved, service } from './small-comparison';

const passed: ReleaseSummary = {
  caught: false,
  weight: 100,
  seconds: 305,
  requests: 12_000,
  harmed: 9_000,
  wrong: 9_000,
};
const stopped = (by: string, harmed: number): ReleaseSummary => {
  const times = { secondsToRollback: 90, seconds: 100 };
  return { caught: true, by, weight: 10, ...times, requests: 12_000, harmed, wrong: harmed };
};
const flat = Array.from({ length: 4 }, () => ({ ...passed, harmed: 10_000 }));
const ours = { ...resolved('sam-pair'), name: 'ours', line: 'ours' };

function comparison(cells: readonly Cell[]): SafetyComparison {
  const names = new Set(cells.map(({ row }) => row));
  return {
    kinds: releaseKinds.filter(({ name }) => names.has(name)),
    configurations: [resolved('php-post'), ours],
    service,
    horizon: 1_200,
    cells,
    flat: { 'throws-always': 10_000 },
  };
}

const phpStops = [10, 20, 30, 40].map((harmed) => stopped('api-5xx', harmed));
const oursStops = [
  ...[20, 30, 40].map((harmed) => stopped('errors', harmed)),
  { ...stopped('pre hook', 0), checks: 'greets' },
];
const whole = comparison([
  cellOf('throws-always', 'php-post', phpStops, flat),
  cellOf('throws-always', 'ours', oursStops, flat),
  cellOf('good-0.1-percent-at-100', 'php-post', [stopped('api-5xx', 0), stopped('api-5xx', 0), passed], undefined),
  cellOf('good-0.1-percent-at-100', 'ours', [passed, passed, passed], undefined),
]);

test('a cell has how many releases were stopped, by what, when, and what they harmed', () => {
  expect(whole.cells[1]).toEqual({
    row: 'throws-always',
    configuration: 'ours',
    releases: 4,
    stopped: { count: 4, of: 4, share: 1, low: expect.closeTo(0.51, 2), high: 1 },
    by: [
      { what: 'errors', share: 0.75 },
      { what: 'pre hook', share: 0.25 },
    ],
    checks: [{ what: 'greets', share: 1 }],
    secondsToRollback: 90,
    weightWhenStopped: 10,
    exposure: { median: 25, mean: 22.5, ofFlat: 0.00225 },
  });
});

test('a terminal gets the tables, and how to get the rest', () => {
  const summary = renderSummary(whole);
  expect(summary).toContain('## Good releases');
  expect(summary).not.toMatch(/## (Kinds of releases|Details|How it was measured)/);
  expect(summary).toMatch(/\n\nThe whole page, with every cell: --out DIR\n$/);
  expect(renderMarkdown(whole)).toContain(summary.slice(0, summary.indexOf('The whole page')));
});

test('the page begins with six sentences and a table of the configurations', () => {
  const [title, introduction, configurations] = renderMarkdown(whole).split('\n\n');
  expect(title).toBe('# What stops a bad release');
  expect(introduction!.split('\n')).toEqual([
    '2 ways to release a Lambda function by CodeDeploy are compared: 1 that others have published, and 1 of this repository.',
    'Every one has to deal with 1 kind of bad releases and 1 kind of good ones, each played 3 to 4 times in virtual time with the CloudWatch and CodeDeploy of the embedded AWS and a model of a service ([how](#how-it-was-measured)).',
    'The numbers are the share of releases that were stopped, and, of bad releases, the requests that they harmed as a share of what the same releases harm when all traffic moves at once.',
    '`ours` stopped all releases of 1 of the 1 bad kinds, and no good release; of the 1 published configuration, `php-post` stopped the most, all releases of 1 bad kinds, but also good releases of 1 of the 1 good kinds (up to 67 % of a kind).',
    'With no kind of bad release does another configuration harm fewer requests than `ours`.',
    '`npm run bench:safety` writes this page and `safety.json` again; do not edit them.',
  ]);
  expect(configurations!.split('\n')[0]).toBe('| configuration | what it is | shift | source |');
});

test('the tables of the page', () => {
  const page = renderMarkdown(whole);
  expect(page).toContain(
    ['|  | php-post | ours |', '| --- | --- | --- |', '| throws-always | 100 % · 0.3 % | **100 % · 0.2 %** |'].join(
      '\n',
    ),
  );
  expect(page).toContain('| good-0.1-percent-at-100 | 67 % (21 %–94 %) | 0 % (0 %–56 %) |');
  expect(page).toContain(
    '| ours | 4 | 100 % (51 %–100 %) | errors 75 %, pre hook 25 %, (greets) | 90 | 25 | 23 | 0.2 % |'.replace(
      '22.5',
      '23',
    ),
  );
  expect(page).toContain('✔ `ours` is within its bounds');
  expect(page).toContain('### Where ours is not the best\n\nThere is no such kind of release.');
});

test('where another configuration harms fewer requests, the page says what that costs', () => {
  const worse = comparison([
    cellOf(
      'throws-always',
      'php-post',
      [10, 10, 10, 10].map((harmed) => stopped('api-5xx', harmed)),
      flat,
    ),
    ...whole.cells.slice(1),
  ]);
  expect(explanations(worse)).toEqual([
    {
      kind: 'throws-always',
      why:
        'of the requests that a flat deploy harms, php-post harms 0.1 % and ours 0.2 %; it also rolls back 67 % of good ' +
        'releases (good-0.1-percent-at-100), ours 0 %; it has rolled back after 90 s, ours after 90 s.',
    },
  ]);
});

test('good releases that ours stops more often than by chance are listed with what stops them', () => {
  const releases = Array.from({ length: 20 }, () => ({ ...stopped('pre hook', 0), checks: 'greets' }));
  const page = renderMarkdown(comparison([cellOf('dependency-down', 'ours', releases, undefined)]));
  expect(page).toContain('### Good releases that ours stops\n\n- **dependency-down**: 100 %, by pre hook, (greets)');
  expect(renderMarkdown(whole)).not.toContain('### Good releases that ours stops');
});

test.each([
  [
    'a fault that must be caught passes once in four',
    'throws-always',
    [stopped('a', 1), stopped('a', 1), stopped('a', 1), passed],
    1,
  ],
  ['a fault that may pass passes', 'throws-1-percent', [passed, passed, stopped('a', 1), stopped('a', 1)], 0],
  [
    'good releases are stopped',
    'good-0.1-percent-at-100',
    Array.from({ length: 600 }, (_, index) => (index < 6 ? stopped('a', 0) : passed)),
    1,
  ],
  [
    'very few good releases are stopped',
    'good-0.1-percent-at-100',
    Array.from({ length: 600 }, (_, index) => (index < 5 ? stopped('a', 0) : passed)),
    0,
  ],
])('%s: the number of bounds that are not met', (_, row, releases, mistakes) => {
  expect(shortcomings(comparison([cellOf(row, 'ours', releases, undefined)]))).toHaveLength(mistakes);
});

test('the JSON has every cell, and no date', () => {
  const content = JSON.parse(renderJson(whole));
  expect(content.cells).toEqual(JSON.parse(JSON.stringify(whole.cells)));
  expect(renderJson(whole)).toBe(renderJson(whole));
  expect(JSON.stringify(content)).not.toContain(String(new Date().getFullYear()));
});

test.each([
  [0, '0 %'],
  [0.0004, '< 0.1 %'],
  [0.0123, '1.2 %'],
  [0.123, '12 %'],
  [0.9951, '99.5 %'],
  [1, '100 %'],
  [18.5, '1850 %'],
])('%d is written %s', (share, text) => {
  expect(percent(share)).toBe(text);
});
