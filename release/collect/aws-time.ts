import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';

const clocks = new WeakMap<CloudFormationClient, () => number>();

/**
 * AWS's clock, by the `Date` header of its last response to a client, and this machine's clock until the first
 * response. Durations of what AWS started must not depend on how right this machine's clock is.
 *
 * @returns A clock in milliseconds since the epoch; always the same one for one client.
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
      // The header has whole seconds, so a smaller difference means nothing.
      if (!Number.isNaN(date)) ahead = Math.abs(date - Date.now()) > 2_000 ? date - Date.now() : 0;
      return result;
    },
    { step: 'deserialize', name: 'awsTime' },
  );
  const clock = () => Date.now() + ahead;
  clocks.set(client, clock);
  return clock;
}
