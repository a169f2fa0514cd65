import { faults } from '../faults/catalogue';
import { type FaultOutcome, howExposed, howStopped } from './fault-outcome';

/** @returns every fault with a line, as `--list-faults` prints them */
export function renderFaults(): string {
  const width = Math.max(...faults.map(({ name }) => name.length));
  return faults.map(({ name, line, expected }) => `${name.padEnd(width)}  ${expected}  ${line}`).join('\n');
}

/** @returns what became of a fault, in three lines */
export function renderFault({ name, line, expected, was, stop, exposure, differences }: FaultOutcome): string {
  const symbol = differences.length === 0 ? '✔' : '✖';
  const ended = { caught: 'caught', passed: 'passed: it reached everybody', neither: 'neither caught nor passed' }[was];
  const ought = was === expected ? '' : ` (ought to be ${expected})`;
  return [
    `${symbol} ${name}: ${line}`,
    `    ${ended}${stop ? ` ${howStopped(stop)}` : ''}${ought}`,
    `    ${howExposed(exposure)}`,
  ].join('\n');
}
