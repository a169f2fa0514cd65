import { refuseExcesses } from '../../lib/stack-limits';
import { GREETER } from './environments';
import { synthesise, TWO_ENVIRONMENTS } from './fixtures';

/** @returns A configuration of that many environments, with long names in a region with a long name. */
function environments(count: number) {
  const letter = (index: number) => String.fromCharCode(97 + index);
  return {
    ...TWO_ENVIRONMENTS,
    account: '111111111111',
    region: 'ap-southeast-1',
    environments: Array.from({ length: count }, (_, index) => ({
      name: `integration${letter(Math.floor(index / 26))}${letter(index % 26)}`,
      account: '222222222222',
    })),
  };
}

test('a pipeline of 47 environments with long names is within all limits', () => {
  const service = { ...GREETER, name: 'customer-notification' };
  const { app } = synthesise(environments(47), service);
  expect(() => refuseExcesses(app.synth())).not.toThrow();
});

test('one more has too many stages, and is refused with the number and what to do', () => {
  expect(() => synthesise(environments(48))).toThrow(
    '48 environments, 47 are possible: each is a stage of the pipeline, which may have 50',
  );
});
