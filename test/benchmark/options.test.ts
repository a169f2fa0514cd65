import { readOptions } from '../../benchmark/options';

const known = { rows: ['throws-always', 'wrong-body'], configurations: ['ours', 'tutorial'] };

test('nothing asked for is everything', () => {
  expect(readOptions([], known)).toEqual({
    type: 'compare',
    options: { sizes: { quick: false }, only: [], configurations: [] },
  });
});

test('rows, configurations, seeds and a directory can be named', () => {
  const args = [
    '--quick',
    '--seeds',
    '7',
    '--only',
    'wrong-body,throws-always',
    '--configuration=ours',
    '--out',
    'there',
  ];
  expect(readOptions(args, known)).toEqual({
    type: 'compare',
    options: {
      sizes: { quick: true, seeds: 7 },
      only: ['wrong-body', 'throws-always'],
      configurations: ['ours'],
      out: 'there',
    },
  });
});

test('every mistake is told at once, with what there is', () => {
  const args = [
    '--seeds',
    '0',
    '--only',
    'throws,throws',
    '--configuration',
    'mine',
    '--quick=yes',
    '--fast',
    'more',
    '--out',
  ];
  expect(readOptions(args, known)).toEqual({
    type: 'mistaken',
    mistakes: [
      "'--quick' takes no value, but was given 'yes'",
      "'--fast' is no option",
      "'more' is no option",
      "'--out' wants a value",
      "'--seeds 0' is no whole number from 1 to 10000",
      "'--only throws' is none of those that there are",
      'for --only there are throws-always, wrong-body',
      "'--only throws' is given more than once",
      "'--configuration mine' is none of those that there are",
      'for --configuration there are ours, tutorial',
    ],
  });
});
