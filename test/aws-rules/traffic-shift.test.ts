import { minutesOf, trafficShift, weightAfter } from '../../aws-rules/traffic-shift';
import { DEPLOYMENT_TYPES } from '../../lib/config/deployment-type';

test('every deployment type of the pipeline has a course that ends at 100 %', () => {
  const ends = DEPLOYMENT_TYPES.map((type) => {
    const shift = trafficShift(type);
    return [type, minutesOf(shift), weightAfter(shift, minutesOf(shift) * 60_000).percent];
  });
  expect(ends).toEqual([
    ['AllAtOnce', 0, 100],
    ['Canary10Percent5Minutes', 5, 100],
    ['Canary10Percent10Minutes', 10, 100],
    ['Canary10Percent15Minutes', 15, 100],
    ['Canary10Percent30Minutes', 30, 100],
    ['Linear10PercentEvery1Minute', 9, 100],
    ['Linear10PercentEvery2Minutes', 18, 100],
    ['Linear10PercentEvery3Minutes', 27, 100],
    ['Linear10PercentEvery10Minutes', 90, 100],
  ]);
});

test('a weight is told with the time since when it holds', () => {
  expect(weightAfter(trafficShift('Linear10PercentEvery3Minutes'), 7 * 60_000)).toEqual({
    percent: 30,
    since: 360_000,
  });
});
