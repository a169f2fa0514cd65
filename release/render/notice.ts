import type { ReleaseOutcome } from '../outcome';
import { render } from './log';
import { shorten } from './shorten';
import { headline } from './words';

/** What SNS takes: 100 ASCII characters without line breaks, and 256 KiB (SNS API reference, Publish). */
export const SUBJECT_LIMIT = 100;
const BODY_LIMIT = 60_000;

/** A message to people. */
export interface Notice {
  readonly subject: string;
  readonly body: string;
}

export function notice(outcome: ReleaseOutcome): Notice {
  const subject = ascii(`${outcome.stackName} ${headline(outcome)}`);
  return {
    subject: subject.length > SUBJECT_LIMIT ? `${subject.slice(0, SUBJECT_LIMIT - 3).trimEnd()}...` : subject,
    body: shorten(`${headline(outcome)}\n\n${render(outcome)}`, BODY_LIMIT),
  };
}

function ascii(text: string): string {
  return text
    .replaceAll('→', '->')
    .replaceAll('≥', '>=')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[^ -~]/g, '?');
}
