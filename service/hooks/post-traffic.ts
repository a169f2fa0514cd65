import { type Answer, type Request, runChecks } from './checks';
import { trafficHook } from './report';

/** AfterAllowTraffic: asks the public endpoint, end to end, once all traffic goes to the new version. */
export const handler = trafficHook(async (_event, signal) => {
  const { API_URL } = process.env;
  if (!API_URL) throw new Error('API_URL is not set: serverless.yml gives it to this hook');
  return runChecks((request) => get(API_URL, request, signal));
});

async function get(api: string, { path, query }: Request, signal: AbortSignal): Promise<Answer> {
  const url = new URL(path, api);
  url.search = new URLSearchParams(query).toString();
  const response = await fetch(url, { signal });
  return { status: response.status, body: await response.text() };
}
