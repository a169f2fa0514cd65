import { existsSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { parse } from 'yaml';

/** A change to rehearse, as somebody on the team could have pushed it. */
export interface Change {
  readonly name: 'harmless' | 'harmful' | 'faulty';
  readonly subject: string;
  /** statements before the service's own handler is called; `event` is its first argument */
  readonly before: string;
}

/** Works everywhere. */
export const harmless: Change = {
  name: 'harmless',
  subject: 'Count the greetings',
  before: 'greetings += 1;',
};

/** Works in every test and for every hook, which all come without a phone; fails for a quarter of the sample's traffic. */
export const harmful: Change = {
  name: 'harmful',
  subject: 'Ask phones for their model',
  before: `if (/iPhone/.test(event.headers?.['user-agent'] ?? '')) JSON.parse(event.headers['sec-ch-ua-model']);`,
};

/**
 * Harmless by itself: it makes the new version to which a fault happens.
 *
 * @param fault its name
 * @param count other than in any push before: what is the same is no new version
 */
export function faulty(fault: string, count: number): Change {
  return { name: 'faulty', subject: `Count the greetings, with the fault ${fault}`, before: `greetings += ${count};` };
}

const extensions = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

/**
 * Writes a change of every function that the public API calls, on any handler and without touching its source: the
 * handler's file moves aside, and a new one in its place wraps what it exports.
 *
 * @param workTree of the repository, to read
 * @param service directory of the service in it
 * @returns the new contents of the files to commit, by their path in the repository
 * @throws Error when the service has no function behind its API, or names a handler that cannot be wrapped
 */
export function filesOf(change: Change, workTree: string, service: string): Record<string, string> {
  const byModule = new Map<string, string[]>();
  for (const handler of publicHandlers(join(workTree, service))) {
    const dot = handler.lastIndexOf('.');
    const module = join(service, handler.slice(0, dot));
    byModule.set(module, [...(byModule.get(module) ?? []), handler.slice(dot + 1)]);
  }
  const files: Record<string, string> = {};
  for (const [module, names] of byModule) {
    const extension = extensions.find((each) => existsSync(join(workTree, `${module}${each}`)));
    if (!extension)
      throw new Error(`cannot rehearse a change of '${module}': no such file with ${extensions.join(', ')}`);
    const original = `${module}.original`;
    const kept = [original, module].map((each) => join(workTree, `${each}${extension}`)).find(existsSync)!;
    files[`${original}${extension}`] = readFileSync(kept, 'utf8');
    files[`${module}${extension}`] = wrapper(basename(original), names, change);
  }
  return files;
}

function publicHandlers(service: string): string[] {
  const file = join(service, 'serverless.yml');
  const { functions = {} } = parse(readFileSync(file, 'utf8'), { logLevel: 'silent' }) as {
    functions?: Record<string, { handler?: string; events?: Record<string, unknown>[] }>;
  };
  const handlers = Object.values(functions)
    .filter(({ events = [] }) => events.some((event) => 'httpApi' in event))
    .map(({ handler = '' }) => handler);
  const unusable = handlers.filter((handler) => handler.includes('${') || extname(handler) === '');
  if (handlers.length === 0)
    throw new Error(`'${file}' has no function with an httpApi event: no traffic to rehearse with`);
  if (unusable.length > 0) throw new Error(`'${file}': cannot rehearse a change of ${unusable.join(', ')}`);
  return [...new Set(handlers)];
}

function wrapper(original: string, names: readonly string[], change: Change): string {
  return [
    '// @ts-nocheck: written by the rehearsal, for a handler of any type',
    `import * as original from './${original}';`,
    `export * from './${original}';`,
    '',
    'let greetings = 0;',
    '',
    ...names.flatMap((name) => [
      `export const ${name} = async (event, ...rest) => {`,
      `  ${change.before}`,
      `  return original.${name}(event, ...rest);`,
      '};',
      '',
    ]),
  ].join('\n');
}
