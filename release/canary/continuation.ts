import { cut } from '../render/shorten';
import type { CanaryParameters } from './job';
import type { Progress } from './job-reply';

/** Characters of a continuation token (CodePipeline API reference). */
const TOKEN_LIMIT = 2_048;

/**
 * State that one invocation of the action leaves for the next. All of it can be determined again, so a lost token costs
 * no more than one read.
 */
export interface Continuation {
  /** When the action was invoked first, in milliseconds since the epoch. */
  readonly began: number;
  /**
   * The last progress, and when AWS was read for it, in milliseconds since the epoch.
   *
   * @default - AWS was not read yet
   */
  readonly last?: Progress & { readonly at: number };
}

interface Token extends Continuation {
  readonly v: number;
  /** Stack and pipeline execution that the token belongs to. */
  readonly of: string;
}

/** Version of the token format; tokens of another version are ignored. */
const VERSION = 1;

type TokenOwner = Pick<CanaryParameters, 'stack' | 'execution'>;

/** @returns A token of at most 2,048 characters; the summary is shortened to fit. */
export function writeContinuation({ began, last }: Continuation, owner: TokenOwner): string {
  const token = (length: number): Token => ({
    v: VERSION,
    of: nameOf(owner),
    began,
    ...(last ? { last: { ...last, summary: cut(last.summary, length) } } : {}),
  });
  // JSON escapes some characters, so the length of the summary alone does not determine that of the token.
  for (let length = TOKEN_LIMIT; ; length -= 64) {
    const text = JSON.stringify(token(length));
    if (text.length <= TOKEN_LIMIT) return text;
  }
}

/**
 * @param now Milliseconds since the epoch; a token with later instants is ignored.
 * @returns Undefined for a token of another version or owner, and for one that is not valid.
 */
export function readContinuation(text: string | undefined, owner: TokenOwner, now: number): Continuation | undefined {
  if (!text) return undefined;
  let token: Partial<Token> | null;
  try {
    token = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (token?.v !== VERSION || token.of !== nameOf(owner) || !isPast(token.began, now)) return undefined;
  const { began, last } = token;
  return isProgress(last, now) ? { began, last } : { began };
}

function nameOf({ stack, execution }: TokenOwner): string {
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
