import { existsSync } from 'node:fs';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GitRepository } from '../../../rehearsal/scratch/git';
import { Scratch } from '../../../rehearsal/scratch/scratch';

const DATE = new Date('2030-01-01T00:00:00Z');

let scratch: Scratch;
let person: string;

beforeEach(async () => {
  scratch = await Scratch.open({ grace: 100 });
  person = await scratch.directory('person');
  await git('init --quiet --initial-branch main');
  await writeFile(join(person, 'run.sh'), 'echo one\n');
  await chmod(join(person, 'run.sh'), 0o755);
  await git('add .');
  await git('-c user.name=P -c user.email=p@example.invalid commit --quiet -m first');
});

afterEach(() => scratch.close());

function git(command: string, cwd = person): Promise<string> {
  return scratch.capture({
    file: 'git',
    arguments: command.split(' '),
    cwd,
    environment: {
      PATH: process.env.PATH ?? '',
      HOME: scratch.path,
      GIT_AUTHOR_DATE: '1700000000 +0000',
      GIT_COMMITTER_DATE: '1700000000 +0000',
    },
  });
}

test('the same content on the same parent gives the same commit id', async () => {
  const commits = [];
  for (const parent of ['a', 'b']) {
    const own = await Scratch.open({ parent: await scratch.directory(parent), grace: 100 });
    const clone = await (await GitRepository.open(person, own)).clone();
    commits.push(await clone.commit({ message: 'second', files: { 'dir/new': 'x', 'run.sh': null }, date: DATE }));
    await own.close();
  }
  expect(commits[0]).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{40}$/),
    subject: 'second',
    date: DATE.toISOString().replace('.000Z', 'Z'),
    author: { name: 'Rehearsal', email: 'rehearsal@example.invalid' },
  });
  expect(commits[1]).toEqual(commits[0]);
});

test('the user’s repository is not changed, and its hooks and configuration have no effect', async () => {
  await writeFile(join(person, '.git/hooks/pre-commit'), '#!/bin/sh\nexit 1\n');
  await chmod(join(person, '.git/hooks/pre-commit'), 0o755);
  await git('config commit.gpgSign true');
  const before = await git('rev-parse HEAD');
  const clone = await (await GitRepository.open(person, scratch)).clone();
  await clone.commit({ message: 'second', files: { new: 'x' }, date: DATE });
  expect(await git('rev-parse HEAD')).toBe(before);
  expect(await git('status --porcelain')).toBe('');
});

test('a shallow clone with a detached head can be rehearsed', async () => {
  await writeFile(join(person, 'run.sh'), 'echo two\n');
  await git('-c user.name=P -c user.email=p@example.invalid commit --quiet -am second');
  const shallow = join(scratch.path, 'shallow');
  await git(`clone --quiet --depth 1 file://${person} ${shallow}`);
  await git('checkout --quiet --detach', shallow);
  const clone = await (await GitRepository.open(shallow, scratch)).clone();
  expect(await clone.head()).toMatchObject({
    id: await git('rev-parse HEAD'),
    subject: 'second',
    author: { name: 'P', email: 'p@example.invalid' },
  });
  await clone.commit({ message: 'third', files: { new: 'x' }, date: DATE });
});

test('an exported commit has its files and modes, but no data of git', async () => {
  const clone = await (await GitRepository.open(person, scratch)).clone();
  const first = await clone.head();
  await clone.commit({ message: 'second', files: { 'run.sh': 'echo two\n' }, date: DATE });
  const target = join(scratch.path, 'source');
  await clone.export(first.id, target);
  expect(await readdir(target)).toEqual(['run.sh']);
  expect(await readFile(join(target, 'run.sh'), 'utf8')).toBe('echo one\n');
  expect((await stat(join(target, 'run.sh'))).mode & 0o111).not.toBe(0);
});

test('uncommitted files are listed by path', async () => {
  await writeFile(join(person, 'run.sh'), 'echo changed\n');
  await writeFile(join(person, 'new file'), '');
  const repository = await GitRepository.open(person, scratch);
  expect(await repository.changes()).toEqual(['run.sh', '"new file"']);
});

test('a directory without a repository, and a repository without a commit, are refused with the remedy', async () => {
  const plain = await scratch.directory('plain');
  await expect(GitRepository.open(plain, scratch)).rejects.toThrow(/is not in a git repository; clone it/);
  await git('init --quiet', plain);
  await expect(GitRepository.open(plain, scratch)).rejects.toThrow(/has no commit; commit what you want to rehearse/);
  expect(existsSync(join(scratch.path, 'repository'))).toBe(false);
});
