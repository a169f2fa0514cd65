import { EnvironmentPool, type PooledEnvironment } from '../../embedded-aws/lambda/environment-pool';

interface Environment extends PooledEnvironment {
  readonly name: number;
  alive: boolean;
}

const MINUTE = 60_000;

function pool() {
  let created = 0;
  const create = (): Environment => {
    created += 1;
    return { name: created, alive: true, busy: false, lastUsed: 0 };
  };
  const environments = new EnvironmentPool<Environment>();
  return { environments, take: (now: number) => environments.take(now, create) };
}

test('the idle environment that was used last takes the next invocation', () => {
  const { environments, take } = pool();
  const [first, second] = [take(0)!, take(0)!];
  environments.release(second, 10);
  environments.release(first, 20);
  expect([take(30)!.name, take(30)!.name, take(30)!.name]).toEqual([1, 2, 3]);
});

test('with four busy environments an invocation waits for a release', async () => {
  const { environments, take } = pool();
  const busy = [take(0), take(0), take(0), take(0)];
  expect(take(0)).toBeUndefined();
  const change = environments.change();
  environments.release(busy[2]!, 5);
  await change;
  expect(take(5)!.name).toBe(3);
});

test('an environment that has ended is replaced', () => {
  const { environments, take } = pool();
  const ended = take(0)!;
  ended.alive = false;
  environments.release(ended, 0);
  expect(take(0)!.name).toBe(2);
});

test('environments that are idle for more than fifteen minutes are removed, busy ones are not', () => {
  const { environments, take } = pool();
  const [idle, busy] = [take(0)!, take(0)!];
  environments.release(idle, 0);
  expect(environments.removeIdle(15 * MINUTE)).toEqual([]);
  expect(environments.removeIdle(15 * MINUTE + 1)).toEqual([idle]);
  expect(environments.release(busy, 16 * MINUTE)).toBe(true);
});

test('after the pool is cleared, a release reports that the environment no longer belongs to it', () => {
  const { environments, take } = pool();
  const environment = take(0)!;
  expect(environments.clear()).toEqual([environment]);
  expect(environments.release(environment, 0)).toBe(false);
});
