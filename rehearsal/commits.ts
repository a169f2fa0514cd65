import { existsSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { configurationFile, type DeclaredFunctions, readFunctions } from './declared-functions';

/** A change to rehearse, such as a member of the team could push. */
export interface Change {
  readonly name: 'harmless' | 'harmful' | 'faulty';
  /** Subject of the commit. */
  readonly subject: string;
  /** Statements that run before the service's own handler is called; `event` is its first argument. */
  readonly before: string;
}

/** A change that always works. */
export const harmless: Change = {
  name: 'harmless',
  subject: 'Count the greetings',
  before: 'greetings += 1;',
};

/**
 * A change that passes every test and hook, because none sends a phone's user agent, and fails a quarter of the
 * traffic.
 */
export const harmful: Change = {
  name: 'harmful',
  subject: 'Ask phones for their model',
  before: `if (/iPhone/.test(event.headers?.['user-agent'] ?? '')) JSON.parse(event.headers['sec-ch-ua-model']);`,
};

/**
 * A change that is harmless itself, but creates the new version that a fault affects.
 *
 * @param fault Name of the fault.
 * @param count Different in each push, because unchanged code is not published as a new version.
 */
export function faulty(fault: string, count: number): Change {
  return { name: 'faulty', subject: `Count the greetings, with the fault ${fault}`, before: `greetings += ${count};` };
}

const EXTENSIONS = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

/**
 * Applies a change to every function behind the public API, without editing its source: the file of the handler is
 * renamed, and a new file in its place wraps what it exports.
 *
 * @param workTree Work tree of the repository, which is only read.
 * @param service Directory of the service, relative to the work tree.
 * @param functions The functions of the service. @default - they are read from its configuration, which must be data
 * @returns New contents of the files to commit, by path relative to the repository.
 * @throws Error when the service has no function behind its API, or a handler that cannot be wrapped.
 */
export function filesOf(
  change: Change,
  workTree: string,
  service: string,
  functions?: DeclaredFunctions,
): Record<string, string> {
  const configuration = configurationFile(join(workTree, service));
  const byModule = new Map<string, string[]>();
  for (const handler of publicHandlers(configuration.path, functions ?? readFunctions(configuration))) {
    const dot = handler.lastIndexOf('.');
    const module = join(service, handler.slice(0, dot));
    byModule.set(module, [...(byModule.get(module) ?? []), handler.slice(dot + 1)]);
  }
  const files: Record<string, string> = {};
  for (const [module, names] of byModule) {
    const extension = EXTENSIONS.find((each) => existsSync(join(workTree, `${module}${each}`)));
    if (!extension) {
      const looked = EXTENSIONS.join(', ');
      throw new Error(
        `cannot rehearse a change of handler '${module}': no such file with an extension of ${looked}; correct the ` +
          `handler in ${basename(configuration.path)}`,
      );
    }
    const original = `${module}.original`;
    const source = [original, module].map((each) => join(workTree, `${each}${extension}`)).find(existsSync)!;
    files[`${original}${extension}`] = readFileSync(source, 'utf8');
    files[`${module}${extension}`] = wrapper(basename(original), names, change);
  }
  return files;
}

function publicHandlers(file: string, functions: DeclaredFunctions): string[] {
  const handlers = Object.values(functions)
    .filter(({ events = [] }) => events.some((event) => 'httpApi' in event))
    .map(({ handler = '' }) => handler);
  const unusable = handlers.filter((handler) => handler.includes('${') || extname(handler) === '');
  if (handlers.length === 0) {
    throw new Error(
      `'${file}' has no function with an httpApi event, so there is no traffic to rehearse with; add such an event`,
    );
  }
  if (unusable.length > 0) {
    throw new Error(
      `'${file}': cannot rehearse a change of handler ${unusable.join(', ')}; write it as file.function, without variables`,
    );
  }
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
