import { faults } from '../faults/catalogue';
import { type FaultOutcome, howExposed, howStopped } from './fault-outcome';

/** @returns The text of `--list-faults`: one line for each fault. */
export function renderFaults(): string {
  const width = Math.max(...faults.map(({ name }) => name.length));
  return faults.map(({ name, line, expected }) => `${name.padEnd(width)}  ${expected}  ${line}`).join('\n');
}

/** @returns How a rehearsed fault ended, in three lines. */
export function renderFault({ name, line, expected, was, stop, exposure, differences }: FaultOutcome): string {
  const symbol = differences.length === 0 ? '✔' : '✖';
  const ended = { caught: 'caught', passed: 'passed: it was released', neither: 'neither caught nor passed' }[was];
  const expectation = was === expected ? '' : ` (expected: ${expected})`;
  return [
    `${symbol} ${name}: ${line}`,
    `    ${ended}${stop ? ` ${howStopped(stop)}` : ''}${expectation}`,
    `    ${howExposed(exposure)}`,
  ].join('\n');
}
