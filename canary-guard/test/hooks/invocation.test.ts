import { readTail } from '../../hooks/invocation';

const tail = (...lines: string[]) => readTail(Buffer.from(`${lines.join('\n')}\n`).toString('base64'));
const report = 'REPORT RequestId: r-1\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 256 MB';

test('the report at the end of the log says how long a warm call took', () => {
  expect(tail('START RequestId: r-1 Version: 42', 'END RequestId: r-1', report)).toEqual({
    milliseconds: 12.34,
    cold: false,
  });
});

test.each([
  ['an init duration', [`${report}\tInit Duration: 180.00 ms\t`]],
  ['a restore duration', [`${report}\tRestore Duration: 400.00 ms`]],
  ['a report of a start that failed', ['INIT_REPORT Init Duration: 2.1 ms\tPhase: invoke\tStatus: error', report]],
])('%s makes the call a cold one', (_, lines) => {
  expect(tail(...lines)).toEqual({ milliseconds: 12.34, cold: true });
});

test('what the function prints is not read as a report', () => {
  expect(tail('my Duration: 1.00 ms\tInit Duration: 2 ms', report)).toEqual({ milliseconds: 12.34, cold: false });
  expect(tail('took Duration: 1.00 ms')).toEqual({});
});

test('a log in JSON says the same', () => {
  const record = (type: string, metrics: object) => JSON.stringify({ time: 'now', type, record: { metrics } });
  expect(tail('{"level":"INFO"}', record('platform.report', { durationMs: 12.34 }))).toEqual({
    milliseconds: 12.34,
    cold: false,
  });
  const cold = record('platform.report', { durationMs: 12.34, initDurationMs: 180 });
  expect(tail(cold)).toEqual({ milliseconds: 12.34, cold: true });
});

test.each([undefined, '', 'AAAA'])('of a tail like %j nothing is known', (text) => {
  expect(readTail(text)).toEqual({});
});
