import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findFiles } from '../../../rehearsal/pipeline/codebuild/file-patterns';

const FILES = ['.env', '[id].ts', 'a.json', 'dist', 'out/.b.json', 'out/deep/.c/d.json', 'out/deep/(group)/e.txt'];

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'file-patterns-'));
  for (const file of FILES) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), '');
  }
});
afterAll(() => rmSync(directory, { recursive: true }));

test.each([
  ['**/*', [...FILES].sort()],
  ['**', [...FILES].sort()],
  ['*', ['.env', '[id].ts', 'a.json', 'dist']],
  ['./a.json', ['a.json']],
  ['a.?son', ['a.json']],
  ['*.json', ['a.json']],
  ['**/*.json', ['a.json', 'out/.b.json', 'out/deep/.c/d.json']],
  ['out/*', ['out/.b.json']],
  ['out/**/*.json', ['out/.b.json', 'out/deep/.c/d.json']],
  ['dist/**', []],
  ['[id].ts', ['[id].ts']],
  ['{a,b}.json', []],
  ['!a.json', []],
  ['out/deep/(group)/*', ['out/deep/(group)/e.txt']],
])('the pattern %s finds %j', async (pattern, expected) => {
  expect(await findFiles(directory, [pattern])).toEqual(expected);
});

test('a file is found once, and not if a pattern excludes it', async () => {
  expect(await findFiles(directory, ['*.json', '**/*.json'], ['**/.*'])).toEqual(['a.json', 'out/deep/.c/d.json']);
});

test('a directory that does not exist has no files', async () => {
  expect(await findFiles(join(directory, 'gone'), ['**/*'])).toEqual([]);
});
