import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OUTCOME_COMMANDS, OUTCOME_FILES, OUTCOME_VARIABLES } from '../../../lib/steps/release-outcome';
import { undetermined } from '../../../release/deploy/deploy';
import { writeOutcomeFiles } from '../../../release/deploy/outcome-files';
import type { Failed, ReleaseOutcome } from '../../../release/outcome/outcome';
import { releaseVariables } from '../../../release/render';
import { inProgress, released, rolledBack } from '../../release/releases';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'outcome-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const known = { stackName: 'shop-prod', stackStatus: 'UPDATE_COMPLETE' };
const failed = (phase: Failed['phase']): Failed => ({ ...known, type: 'failed', phase, reason: 'so', remedy: 'push' });

/**
 * Runs the commands as a build does, until one fails.
 *
 * @returns Which one failed, and what it wrote.
 */
function concluded(shell: string, outcome?: ReleaseOutcome) {
  const [variables, report] = [join(directory, OUTCOME_FILES.variables), join(directory, OUTCOME_FILES.report)];
  if (outcome) writeOutcomeFiles(outcome, { variables, report });
  const steps = OUTCOME_COMMANDS.map((_, index) => `eval "$C${index}" || { echo "at ${index}"; exit 1; }`);
  const env = { PATH: process.env.PATH, ...Object.fromEntries(OUTCOME_COMMANDS.map((text, i) => [`C${i}`, text])) };
  const { stdout, status } = spawnSync(shell, ['-c', steps.join('\n')], { cwd: directory, env, encoding: 'utf8' });
  return { status, lines: stdout.trim().split('\n') };
}

describe.each(['sh', 'bash'])('in %s', (shell) => {
  test.each<ReleaseOutcome>([
    released,
    { ...known, type: 'unchanged', stackUpdated: false },
    { ...known, type: 'first-release', aliases: [] },
  ])('no command fails or writes anything when a release is $type', (outcome) => {
    expect(concluded(shell, outcome)).toEqual({ status: 0, lines: [''] });
  });

  test.each([
    ['ROLLED BACK', rolledBack],
    ['FAILED before CloudFormation, no traffic shifted', failed('before-cloudformation')],
    ['FAILED in CloudFormation, no traffic shifted', failed('cloudformation')],
    ['FAILED after CloudFormation, the stack was updated', failed('after-cloudformation')],
    ['UNKNOWN, the outcome of this release could not be determined', undetermined('shop-prod', new Error('no luck'))],
    ['NOT RELEASED', inProgress],
  ] as const)('the command that fails prints %s', (text, outcome) => {
    const { status, lines } = concluded(shell, outcome);
    expect(status).not.toBe(0);
    expect(lines[0]).toBe(`${text}; see the end of this build log`);
    expect(OUTCOME_COMMANDS[Number(lines[1]!.slice('at '.length))]).toContain(`! echo '${text};`);
  });

  test('a command fails when no outcome was written', () => {
    expect(concluded(shell).status).not.toBe(0);
  });
});

test('every variable of an outcome is exported', () => {
  expect([...OUTCOME_VARIABLES]).toEqual(Object.keys(releaseVariables(released)));
});
