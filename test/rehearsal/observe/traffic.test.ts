import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '../../../embedded-aws/clock';
import { Random } from '../../../embedded-aws/random';
import type { TrafficPlan } from '../../../preflight/traffic-plan';
import { readRehearsedTraffic, Traffic } from '../../../rehearsal/observe/traffic';

const start = new Date('2026-03-02T09:00:00Z');
const second = 1_000;

let server: Server;
let clock: VirtualClock;
/** The requests, as `virtual milliseconds since the start METHOD path`. */
let seen: string[];
let answer: (message: IncomingMessage) => number;
/** The API's request id in a response. Empty for none. */
let requestId: () => string;
let url: string;

beforeEach(async () => {
  clock = new VirtualClock(start);
  seen = [];
  answer = () => 200;
  requestId = () => '';
  server = createServer((message, response) => {
    seen.push(`${clock.now() - start.getTime()} ${message.method} ${message.url}`);
    const status = answer(message);
    if (status === 0) return void message.socket.destroy();
    const id = requestId();
    response.writeHead(status, id ? { 'apigw-requestid': id } : {}).end('an answer');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function plan(requests: Partial<TrafficPlan['requests'][number]>[], requestsPerSecond = 10): TrafficPlan {
  const defaults = { share: 1, method: 'GET' as const, path: '/', headers: {} };
  return { requestsPerSecond, requests: requests.map((request) => ({ ...defaults, ...request })) };
}

async function run(traffic: Traffic, duration: number): Promise<void> {
  await clock.elapse(duration);
  traffic.close();
}

test('requests come at random, with the planned rate and shares on average', async () => {
  const shares = plan([
    { share: 3, path: '/often' },
    { share: 1, path: '/seldom' },
  ]);
  await run(new Traffic(clock, new Random(1), shares, url), 60 * second);
  expect(seen.length).toBeGreaterThan(540);
  expect(seen.length).toBeLessThan(660);
  const seldom = seen.filter((line) => line.endsWith('/seldom')).length / seen.length;
  expect(seldom).toBeCloseTo(0.25, 1);
  expect(new Set(seen.map((line) => line.split(' ')[0])).size).toBeGreaterThan(500);
});

test('the same seed sends the same requests at the same instants, and another seed does not', async () => {
  const requests = plan([{ path: '/a' }, { path: '/b' }]);
  const record = async (seed: number) => {
    clock = new VirtualClock(start);
    seen = [];
    await run(new Traffic(clock, new Random(seed), requests, url), 10 * second);
    return seen;
  };
  const first = await record(7);
  expect(await record(7)).toEqual(first);
  expect(await record(8)).not.toEqual(first);
});

test('a request is sent as planned, with its method, headers and body', async () => {
  const bodies: string[] = [];
  answer = (message) => {
    message.setEncoding('utf8').on('data', (text) => bodies.push(`${message.headers['content-type']} ${text}`));
    return 201;
  };
  const orders = plan([{ method: 'POST', path: '/orders?x=1', headers: { 'content-type': 'text/x' }, body: 'tea' }]);
  const traffic = new Traffic(clock, new Random(1), orders, url);
  await run(traffic, second);
  expect(seen[0]).toMatch(/ POST \/orders\?x=1$/);
  expect(new Set(bodies)).toEqual(new Set(['text/x tea']));
});

test('server errors and missing responses are failures, client errors are not', async () => {
  const answers = [200, 500, 404, 0, 503];
  answer = () => answers[(seen.length - 1) % answers.length]!;
  const traffic = new Traffic(clock, new Random(1), plan([{}]), url);
  await run(traffic, 10 * second);
  const expected = seen.map((_, index) => answers[index % answers.length]!);
  const failed = expected.filter((status) => status === 0 || status >= 500).length;
  expect(failed).toBeGreaterThan(20);
  expect(traffic.tally(start.getTime(), clock.now() + 1)).toEqual({ served: seen.length - failed, failed });
});

test('a tally counts from its first instant to just before its last', async () => {
  const traffic = new Traffic(clock, new Random(1), plan([{}]), url);
  await run(traffic, 5 * second);
  const instants = seen.map((line) => start.getTime() + Number(line.split(' ')[0]));
  expect(traffic.tally(instants[3]!, instants[6]!)).toEqual({ served: 3, failed: 0 });
  expect(traffic.tally(instants[6]!, instants[6]! + 0.001)).toEqual({ served: 1, failed: 0 });
});

test('there are no requests while virtual time stands still, nor after closing', async () => {
  const traffic = new Traffic(clock, new Random(1), plan([{}]), url);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(seen).toEqual([]);
  await run(traffic, second);
  const { length } = seen;
  await clock.elapse(10 * second);
  expect(seen).toHaveLength(length);
});

describe('under an influence', () => {
  const untouched = { pace: (declared: number) => declared, met: () => undefined };

  test('another rate applies as long as it lasts, and there are no requests while it is 0', async () => {
    const elapsed = () => Math.floor((clock.now() - start.getTime()) / (10 * second));
    const paces = [10, 0, 100];
    const pace = () => paces[elapsed()]!;
    await run(new Traffic(clock, new Random(1), plan([{}]), url, { ...untouched, pace }), 30 * second - 1);
    const during = (index: number) =>
      seen.filter((line) => Math.floor(Number(line.split(' ')[0]) / (10 * second)) === index);
    expect(during(0).length).toBeGreaterThan(60);
    expect(during(0).length).toBeLessThan(140);
    expect(during(1)).toEqual([]);
    expect(during(2).length).toBeGreaterThan(850);
    expect(during(2).length).toBeLessThan(1_150);
  });

  test('that changes nothing, the same requests come at the same instants', async () => {
    await run(new Traffic(clock, new Random(1), plan([{}]), url), 10 * second);
    const alone = seen;
    [clock, seen] = [new VirtualClock(start), []];
    await run(new Traffic(clock, new Random(1), plan([{}]), url, untouched), 10 * second);
    expect(seen).toEqual(alone);
  });

  test('a response with a wrong body counts as served wrongly, a late one only as affected', async () => {
    const effects = [undefined, { type: 'waits', duration: 1 }, { type: 'loses-content' }, undefined] as const;
    requestId = () => `id-${(seen.length - 1) % 4}`;
    answer = () => (seen.length % 4 === 0 ? 500 : 200);
    const met = (id: string) => effects[Number(id.slice(3))];
    const traffic = new Traffic(clock, new Random(1), plan([{}]), url, { ...untouched, met });
    await run(traffic, 10 * second);
    const count = (index: number) => seen.filter((_, position) => position % 4 === index).length;
    expect(traffic.exposure(start.getTime(), clock.now() + 1)).toEqual({
      requests: seen.length,
      wrong: count(2) + count(3),
      met: count(1) + count(2),
      firstAt: new Date(start.getTime() + Number(seen[1]!.split(' ')[0])).toISOString(),
    });
    expect(traffic.exposure(clock.now() + 1, clock.now() + 2)).toEqual({ requests: 0, wrong: 0, met: 0 });
  });
});

describe('traffic.json', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'traffic-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function read(content: string): TrafficPlan {
    const file = join(directory, 'traffic.json');
    writeFileSync(file, content);
    return readRehearsedTraffic(file);
  }

  test('requires only the path and the share of a request', () => {
    expect(read('{"requestsPerSecond": 2, "requests": [{"share": 1, "path": "/hello"}]}')).toEqual({
      requestsPerSecond: 2,
      requests: [{ share: 1, path: '/hello', method: 'GET', headers: {} }],
    });
  });

  test('is refused with all mistakes', () => {
    expect(() => read('{"requestsPerSecond": 0, "requests": [{"share": 1, "path": "hello", "verb": "GET"}]}')).toThrow(
      `'${directory}/traffic.json' does not describe traffic:
  requestsPerSecond: 0 is not a rate; write a number above 0, such as 10
  requests[0].path: "hello" is not a path; write one that begins with "/", such as "/orders/7?full=true"
  requests[0].verb: is not a known key; write one of share, method, path, headers, body`,
    );
  });

  test('that is missing or not JSON is refused with the reason', () => {
    expect(() => readRehearsedTraffic(join(directory, 'traffic.json'))).toThrow(
      `cannot read the declared traffic '${directory}/traffic.json': ENOENT: no such file or directory`,
    );
    expect(() => read('{')).toThrow("traffic.json': ");
  });
});
