import { setTimeout as realSleep } from 'node:timers/promises';
import { VirtualClock } from '../../embedded-aws/clock';

const start = new Date('2026-03-02T09:00:00Z');
const minute = 60_000;

test('an hour of virtual time takes no real hour', async () => {
  const clock = new VirtualClock(start);
  await clock.elapse(60 * minute);
  expect(clock.date()).toEqual(new Date('2026-03-02T10:00:00Z'));
});

test('tasks wake in the order of their instants, and in the order of their calls at the same instant', async () => {
  const clock = new VirtualClock(start);
  const seen: string[] = [];
  const at = (name: string, milliseconds: number) => async () => {
    await clock.sleep(milliseconds);
    seen.push(`${name} at ${clock.now() - start.getTime()}`);
  };
  await clock.spawn(async () => {
    await clock.all([at('third', 30), at('first', 10), at('second', 10), at('fourth', 40)]);
  });
  expect(seen).toEqual(['first at 10', 'second at 10', 'third at 30', 'fourth at 40']);
});

test('no time passes while a task does something in real time', async () => {
  const clock = new VirtualClock(start);
  let seen = 0;
  await Promise.all([
    clock.spawn(async () => {
      await clock.sleep(10);
      await realSleep(30);
      seen = clock.now() - start.getTime();
    }),
    clock.elapse(minute),
  ]);
  expect(seen).toBe(10);
});

test('a daemon sleeps while other tasks let time pass, and lets no time pass itself', async () => {
  const clock = new VirtualClock(start);
  let ticks = 0;
  void clock.spawn(
    async () => {
      for (;;) {
        await clock.sleep(minute);
        ticks += 1;
      }
    },
    { daemon: true },
  );
  await realSleep(5);
  expect(ticks).toBe(0);
  await clock.elapse(3 * minute + 1);
  expect(ticks).toBe(3);
});

test('a task that waits for another lets time pass for it', async () => {
  const clock = new VirtualClock(start);
  const lasted = await clock.spawn(async () => {
    await clock.waitFor(clock.spawn(() => clock.sleep(5 * minute)));
    return clock.now() - start.getTime();
  });
  expect(lasted).toBe(5 * minute);
});

test('concurrent work takes as long as its longest part, and the first failure is thrown when all parts have ended', async () => {
  const clock = new VirtualClock(start);
  let ended = 0;
  const failing = clock.spawn(() =>
    clock.all([
      async () => {
        await clock.sleep(minute);
        throw new Error('the shorter part failed');
      },
      async () => {
        await clock.sleep(2 * minute);
        ended = clock.now() - start.getTime();
      },
    ]),
  );
  await expect(failing).rejects.toThrow('the shorter part failed');
  expect(ended).toBe(2 * minute);
});

test('sleeping outside of a task, or twice at the same time in one task, is refused', async () => {
  const clock = new VirtualClock(start);
  await expect(clock.sleep(1)).rejects.toThrow(
    'virtual time passes only inside of a task; start one with VirtualClock.spawn',
  );
  const twice = clock.spawn(() => Promise.all([clock.sleep(1), clock.sleep(2)]));
  await expect(twice).rejects.toThrow('this task already waits; start one task for each piece of concurrent work');
});
