import type { Unread } from '../collect/reading';

/** What the action says while it goes on. */
export interface Progress {
  readonly summary: string;
  /** 0 to 99 */
  readonly percentComplete: number;
  /** the CodeDeploy deployment's id, @default none is known yet */
  readonly externalExecutionId?: string;
}

/** @returns one line of what there is to say, the empty parts left out, and of what could not be read */
export function line(parts: readonly string[], unread: readonly Unread[]): string {
  return [...parts, couldNotRead(unread)].filter(Boolean).join(' · ');
}

function couldNotRead([first, ...others]: readonly Unread[]): string {
  if (!first) return '';
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return `could not read ${first.what} (${first.why}: ${first.message})${more}`;
}
