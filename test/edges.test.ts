import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type LinterOverride, linterOverrides, PACKAGE_NAMES, PARTS, ruleOf } from './edges';
import { circlesIn, importsOf, sourceFiles } from './imports';

const repository = join(__dirname, '..');
const ARCHITECTURE = join(repository, 'docs/architecture.md');
const BIOME = join(repository, 'biome.json');

/** Rewrites what is generated from the table: `UPDATE_DOCS=1 npx jest test/edges`. */
const update = Boolean(process.env.UPDATE_DOCS);

/** A user replaces the sample by a service that may import what it likes; the linter and an e2e test hold the sample. */
const parts = PARTS.filter(({ name }) => name !== 'service');
const imports = parts.flatMap(({ name }) => importsOf(repository, name, PACKAGE_NAMES));

const partOf = (path: string) => path.split('/')[0]!;

test('a part imports only what its rule allows, types included', () => {
  const forbidden = imports.flatMap(({ file, specifier, target }) => {
    const part = parts.find(({ name }) => name === partOf(file))!;
    if (target === undefined || [part.name, ...part.mayImport].includes(partOf(target))) return [];
    return [`rule '${ruleOf(part)}': ${file} imports ${specifier}`];
  });
  expect(forbidden).toEqual([]);
});

test('the rules point down only', () => {
  const order = PARTS.map(({ name }) => name);
  const upward = parts.flatMap(({ name, mayImport }) =>
    mayImport.filter((other) => order.indexOf(other) <= order.indexOf(name)).map((other) => `${name} → ${other}`),
  );
  expect(upward).toEqual([]);
});

test('every part is type-checked', () => {
  const { include } = JSON.parse(readFileSync(join(repository, 'tsconfig.json'), 'utf8'));
  expect(include).toEqual(expect.arrayContaining(parts.map(({ name }) => name)));
});

test('no two files import values of each other, directly or by others', () => {
  expect(circlesIn(imports.filter(({ typeOnly }) => !typeOnly))).toEqual([]);
});

test('no two files export types of one name', () => {
  const exported = /^export (?:abstract )?(?:interface|type|class|enum) (\w+)/gm;
  const places = parts
    .flatMap(({ name }) => sourceFiles(join(repository, name)))
    .flatMap((path) => [...readFileSync(path, 'utf8').matchAll(exported)].map(([, type]) => ({ type, path })));
  expect(places.filter(({ type }, index) => places.findIndex((other) => other.type === type) !== index)).toEqual([]);
});

test("the linter's restrictions are those of the table; if not, UPDATE_DOCS=1 npx jest test/edges writes them", () => {
  const biome = JSON.parse(readFileSync(BIOME, 'utf8'));
  const overrides = linterOverrides();
  const restricts = ({ linter }: LinterOverride) => linter?.rules?.style?.noRestrictedImports !== undefined;
  if (update && !isDeepStrictEqual(biome.overrides.filter(restricts), overrides)) {
    biome.overrides = [...biome.overrides.filter((each: LinterOverride) => !restricts(each)), ...overrides];
    // On one line: `npm run format` then breaks only what is too long.
    writeFileSync(BIOME, JSON.stringify(biome));
  }
  expect(biome.overrides.filter(restricts)).toEqual(overrides);
});

const START = '<!-- arrows: written by UPDATE_DOCS=1 npx jest test/edges -->';
const END = '<!-- end of arrows -->';

test("docs/architecture.md shows today's imports; if not, UPDATE_DOCS=1 npx jest test/edges writes them", () => {
  const page = readFileSync(ARCHITECTURE, 'utf8');
  const [before, rest = ''] = page.split(`${START}\n`);
  const [between, after] = rest.split(END);
  expect(after).toBeDefined();
  if (update) writeFileSync(ARCHITECTURE, `${before}${START}\n${table()}\n${END}${after}`);
  else expect(between).toBe(`${table()}\n`);
});

/** @returns the parts with what they import, from the top down */
function table(): string {
  const rows = PARTS.map(({ name, description, mayImport }) => {
    const imported = new Set(
      imports.filter(({ file }) => partOf(file) === name).flatMap(({ target }) => (target ? [partOf(target)] : [])),
    );
    // The service's imports are not read: it is the user's. Its rule is shown instead.
    const shown = mayImport.filter((other) => name === 'service' || imported.has(other));
    return `| \`${name}/\` | ${description} | ${shown.map((other) => `\`${other}\``).join(', ') || 'nothing'} |`;
  });
  return ['| part | what it is | imports |', '|---|---|---|', ...rows].join('\n');
}
