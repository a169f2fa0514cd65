import { cut } from '../render/shorten';
import type { CanaryParameters } from './job';
import type { Progress } from './progress';

/** The longest continuation token (CodePipeline API reference). */
const TOKEN_LIMIT = 2_048;

/**
 * What one call of the action leaves for the next: nothing that could not be found out again, so that a token that is
 * lost costs no more than a look.
 */
export interface Continuation {
  /** when the action was called first; milliseconds since the epoch, as all instants here */
  readonly began: number;
  /** when AWS was last looked at, or was to be if that was early, and what there was to say, @default never */
  readonly last?: Progress & { readonly at: number };
}

interface Token extends Continuation {
  readonly v: number;
  /** whose it is */
  readonly of: string;
}

/** Of the form of the token; a token of another form is as none. */
const VERSION = 1;

type Whose = Pick<CanaryParameters, 'stack' | 'execution'>;

/** @returns at most 2,048 characters; the summary is shortened to fit */
export function writeContinuation({ began, last }: Continuation, whose: Whose): string {
  const token = (length: number): Token => ({
    v: VERSION,
    of: nameOf(whose),
    began,
    ...(last ? { last: { ...last, summary: cut(last.summary, length) } } : {}),
  });
  // JSON writes some characters as several, so a summary's own length does not tell.
  for (let length = TOKEN_LIMIT; ; length -= 64) {
    const text = JSON.stringify(token(length));
    if (text.length <= TOKEN_LIMIT) return text;
  }
}

/**
 * @param now milliseconds since the epoch; nothing in a token is later
 * @returns undefined for a token that another version of this code wrote, or for something else, or that is garbled
 */
export function readContinuation(text: string | undefined, whose: Whose, now: number): Continuation | undefined {
  if (!text) return undefined;
  let token: Partial<Token> | null;
  try {
    token = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (token?.v !== VERSION || token.of !== nameOf(whose) || !isPast(token.began, now)) return undefined;
  const { began, last } = token;
  return isProgress(last, now) ? { began, last } : { began };
}

function nameOf({ stack, execution }: Whose): string {
  return `${stack} ${execution}`;
}

function isPast(instant: unknown, now: number): instant is number {
  return typeof instant === 'number' && instant > 0 && instant <= now;
}

function isProgress(last: Partial<Continuation['last']>, now: number): last is NonNullable<Continuation['last']> {
  return (
    isPast(last?.at, now) &&
    typeof last?.summary === 'string' &&
    typeof last.percentComplete === 'number' &&
    ['string', 'undefined'].includes(typeof last.externalExecutionId)
  );
}
