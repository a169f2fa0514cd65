import { releaseView } from '../../../release/cli/release-view';
import { screen, screenOptions } from '../../../release/cli/screen';
import { at, inProgress, released, shifting } from '../releases';

const early = releaseView({ ...inProgress, functions: [{ ...shifting, alarms: [] }] }, at(3).getTime());
const later = releaseView(
  { ...inProgress, functions: [{ ...shifting, weightNow: 100, alarms: [{ name: 'shop-errors', state: 'ALARM' }] }] },
  at(4).getTime(),
);

function written(options: { live: boolean; colour: boolean }, ...views: (typeof early)[]): string[] {
  const texts: string[] = [];
  const place = screen({ write: (text) => texts.push(text), columns: 100, rows: 40 }, options);
  for (const view of views) place.show(view);
  return texts;
}

test('on a terminal each view is drawn over the one before', () => {
  const [first = '', second = ''] = written({ live: true, colour: false }, early, later);
  expect(first.startsWith('\u001b[J● shop-prod  in progress')).toBe(true);
  expect(first.split('\n')).toHaveLength(8);
  expect(second.startsWith('\u001b[7A\r\u001b[J● shop-prod  in progress')).toBe(true);
});

test('elsewhere every change is a line, and nothing is repeated', () => {
  expect(written({ live: false, colour: false }, early, early, later).join('')).toBe(
    `shop-prod  in progress (UPDATE_IN_PROGRESS)
shop-prod-hello:Live  v6 → v7  d-FORWARD01  InProgress, 10 % on the new version
shop-prod-hello:Live  event BeforeAllowTraffic  Succeeded
shop-prod-hello:Live  event AllowTraffic  InProgress
shop-prod-hello:Live  event AfterAllowTraffic  Pending
shop-prod-hello:Live  v6 → v7  d-FORWARD01  InProgress, 100 % on the new version
shop-prod-hello:Live  alarm shop-errors  ALARM
`,
  );
  expect(written({ live: false, colour: false }, releaseView(released, 0))[0]).toBe(
    'shop-prod  released (UPDATE_COMPLETE)\n',
  );
});

test.each([
  ['a terminal', true, {}, { live: true, colour: true }],
  ['a terminal under NO_COLOR', true, { NO_COLOR: '1' }, { live: true, colour: false }],
  ['CI', true, { CI: 'true' }, { live: false, colour: false }],
  ['a dumb terminal', true, { TERM: 'dumb' }, { live: false, colour: false }],
  ['a pipe', false, {}, { live: false, colour: false }],
])('%s gets the output that it supports', (_, isTTY, environment, expected) => {
  expect(screenOptions({ write: () => {}, isTTY }, environment)).toEqual(expected);
});
