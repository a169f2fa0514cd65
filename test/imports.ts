import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { parseSync } from '@swc/core';

/** One import of one file. */
interface Import {
  /** Path of the importing file, relative to the repository. */
  readonly file: string;
  readonly specifier: string;
  /** Whether only types are imported, so that nothing of it is left at run time. */
  readonly typeOnly: boolean;
  /** Path of the imported file, relative to the repository. @default - it is a package or a module of Node */
  readonly target?: string;
}

/**
 * Reads every import, export from, dynamic import, require and import type of a folder's JavaScript and TypeScript files.
 *
 * @param packages Folders of the repository that are imported by a package's name.
 */
export function importsOf(
  repository: string,
  folder: string,
  packages: Readonly<Record<string, string>> = {},
): readonly Import[] {
  return sourceFiles(join(repository, folder)).flatMap((path) => {
    const found: Omit<Import, 'file' | 'target'>[] = [];
    collect(parseSync(readFileSync(path, 'utf8'), { syntax: 'typescript', target: 'es2023' }), found);
    return found.map((each) => {
      const target = resolve(repository, path, each.specifier, packages);
      return { file: relative(repository, path), ...each, ...(target === undefined ? {} : { target }) };
    });
  });
}

/** @returns The paths of a folder's JavaScript and TypeScript files, packages and build results left out. */
export function sourceFiles(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return /^(node_modules|dist|\..*)$/.test(entry.name) ? [] : sourceFiles(path);
    return /\.[cm]?[jt]s$/.test(entry.name) && !entry.name.endsWith('.d.ts') ? [path] : [];
  });
}

// biome-ignore lint/suspicious/noExplicitAny: a syntax tree of any shape is walked
function collect(node: any, found: Omit<Import, 'file' | 'target'>[]): void {
  if (node === null || typeof node !== 'object') return;
  if (Array.isArray(node)) {
    for (const each of node) collect(each, found);
    return;
  }
  const { type } = node;
  if (
    type === 'ImportDeclaration' ||
    ((type === 'ExportNamedDeclaration' || type === 'ExportAllDeclaration') && node.source)
  ) {
    const specifiers: { readonly isTypeOnly?: boolean }[] = node.specifiers ?? [];
    const typeOnly = node.typeOnly || (specifiers.length > 0 && specifiers.every(({ isTypeOnly }) => isTypeOnly));
    found.push({ specifier: node.source.value, typeOnly });
  } else if (type === 'TsImportType') {
    found.push({ specifier: node.argument.value, typeOnly: true });
  } else if (type === 'TsExternalModuleReference') {
    found.push({ specifier: node.expression.value, typeOnly: false });
  } else if (
    type === 'CallExpression' &&
    isImport(node.callee) &&
    node.arguments[0]?.expression.type === 'StringLiteral'
  ) {
    found.push({ specifier: node.arguments[0].expression.value, typeOnly: false });
  }
  for (const key of Object.keys(node)) if (key !== 'span') collect(node[key], found);
}

function isImport(callee: { readonly type: string; readonly value?: string }): boolean {
  return callee.type === 'Import' || (callee.type === 'Identifier' && callee.value === 'require');
}

function resolve(
  repository: string,
  from: string,
  specifier: string,
  packages: Readonly<Record<string, string>>,
): string | undefined {
  if (!/^\.{1,2}(\/|$)/.test(specifier)) {
    const name = Object.keys(packages).find((each) => specifier === each || specifier.startsWith(`${each}/`));
    return name === undefined ? undefined : `${packages[name]}${specifier.slice(name.length)}`;
  }
  const path = normalize(join(dirname(from), specifier));
  const candidates = ['', '.ts', '.js', '.json', '/index.ts', '/index.js'].map((end) => `${path}${end}`);
  const file = candidates.find((each) => existsSync(each) && statSync(each).isFile()) ?? path;
  return relative(repository, file).split(sep).join('/');
}

/**
 * Finds circles of imports.
 *
 * @returns groups of files of which each imports, directly or not, all others of its group
 */
export function circlesIn(imports: readonly Import[]): readonly (readonly string[])[] {
  const targets = new Map<string, string[]>();
  for (const { file, target } of imports) {
    if (target !== undefined && target !== file) targets.set(file, [...(targets.get(file) ?? []), target]);
  }
  // Tarjan's strongly connected components.
  const indices = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): void => {
    indices.set(file, indices.size);
    lowest.set(file, indices.get(file)!);
    stack.push(file);
    for (const target of targets.get(file) ?? []) {
      if (!indices.has(target)) visit(target);
      if (stack.includes(target)) lowest.set(file, Math.min(lowest.get(file)!, lowest.get(target)!));
    }
    if (lowest.get(file) !== indices.get(file)) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1) circles.push(circle.sort());
  };
  for (const file of targets.keys()) if (!indices.has(file)) visit(file);
  return circles.sort();
}
