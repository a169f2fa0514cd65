import { releaseView } from '../../../release/cli/release-view';
import { renderView, VIEW_SYMBOLS } from '../../../release/cli/render-view';
import { at, inProgress, promoted, shifting, sixty } from '../releases';

const view = releaseView(
  { ...inProgress, functions: [shifting, { ...promoted, functionName: 'shop-prod-order' }] },
  at(3).getTime(),
);

test('a view is a tree of functions with their weights, events and alarms', () => {
  expect(renderView(view, { columns: 120, colour: false })).toBe(`● shop-prod  in progress (UPDATE_IN_PROGRESS)  79 %
1 of 2 functions at 100 %, 1 shifting at 10 % · 2 alarms OK · 0.0 % errors (previous versions: 0.1 %)
├─ ● shop-prod-hello:Live  v6 → v7  d-FORWARD01  InProgress  Canary10Percent5Minutes
│  ██░░░░░░░░░░░░░░░░░░ 10 %  10 % on v7 for 3 of 5 min
│  ├─ ✔ event BeforeAllowTraffic  Succeeded
│  ├─ ● event AllowTraffic  InProgress
│  ├─ ○ event AfterAllowTraffic  Pending
│  ├─ ✔ alarm shop-errors  OK
│  └─ ✔ alarm shop-5xx  OK
└─ ✔ shop-prod-order:Live  v6 → v7  d-FORWARD01  Succeeded  Canary10Percent5Minutes
   ████████████████████ 100 %  v7 serves 100 %
   ├─ ✔ event BeforeAllowTraffic  Succeeded
   ├─ ✔ event AllowTraffic  Succeeded
   └─ ✔ event AfterAllowTraffic  Succeeded`);
});

test('colour is added only to symbols, which always come with a word', () => {
  const coloured = renderView(view, { columns: 120, colour: true });
  expect(coloured).toContain('├─ \u001b[36m●\u001b[0m shop-prod-hello:Live');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ANSI colour codes
  expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(renderView(view, { columns: 120, colour: false }));
});

test('every status has a different symbol', () => {
  expect(new Set(Object.values(VIEW_SYMBOLS)).size).toBe(Object.keys(VIEW_SYMBOLS).length);
});

test('sixty functions fit on any screen: long lines are cut, missing lines are counted', () => {
  const large = releaseView({ ...inProgress, functions: sixty(shifting) }, at(3).getTime());
  const lines = renderView(large, { columns: 60, rows: 20, colour: false }).split('\n');
  expect(lines).toHaveLength(20);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
  expect(lines.at(-1)).toBe(`… ${2 + 60 * 7 - 19} more lines; enlarge the terminal`);
});
