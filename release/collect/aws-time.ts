import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';

const clocks = new WeakMap<CloudFormationClient, () => number>();

/**
 * The time that AWS has, by the `Date` of its last answer to a client: what has begun there is measured by the clock that
 * it began by, and not by this machine's. Until the first answer it is this machine's.
 *
 * @returns a clock, in milliseconds since the epoch; the same one for the same client
 */
export function awsTime(client: CloudFormationClient): () => number {
  const known = clocks.get(client);
  if (known) return known;
  let ahead = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers = {} } = result.response as { readonly headers?: Readonly<Record<string, string>> };
      const date = Date.parse(headers.date ?? '');
      // The header has whole seconds, so a smaller difference says nothing.
      if (!Number.isNaN(date)) ahead = Math.abs(date - Date.now()) > 2_000 ? date - Date.now() : 0;
      return result;
    },
    { step: 'deserialize', name: 'awsTime' },
  );
  const clock = () => Date.now() + ahead;
  clocks.set(client, clock);
  return clock;
}
