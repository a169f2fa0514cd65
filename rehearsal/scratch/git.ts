import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Scratch } from './scratch';

/** The same for every commit, so that the same content always has the same id. */
const AUTHOR = { name: 'Rehearsal', email: 'rehearsal@example.invalid', branch: 'rehearsal' };

/** All that git is told by configuration: nothing of the person's own (hooks, signing, line endings) takes part. */
const CONFIGURATION = `[user]
\tname = ${AUTHOR.name}
\temail = ${AUTHOR.email}
[core]
\thooksPath = /dev/null
\tautocrlf = false
[commit]
\tgpgSign = false
[gc]
\tauto = 0
[maintenance]
\tauto = false
[safe]
\tdirectory = *
[advice]
\tdetachedHead = false
`;

/** One commit of a {@link GitRepository}. */
export interface Commit {
  /** forty hexadecimal digits */
  readonly id: string;
  /** the message's first line */
  readonly subject: string;
  /** when it was written, in ISO 8601: UTC, whole seconds */
  readonly date: string;
  readonly author: { readonly name: string; readonly email: string };
}

export interface CommitProps {
  readonly message: string;
  /** new contents by path; null removes the file */
  readonly files: Readonly<Record<string, string | null>>;
  /** when the commit is made: virtual time, for the id depends on it */
  readonly date: Date;
}

/**
 * What git knows of a directory: a person's work tree, which is only ever read, or a scratch clone of it, to which a
 * rehearsal commits.
 */
export class GitRepository {
  readonly #scratch: Scratch;
  readonly #home: string;

  private constructor(
    /** the work tree, or for a clone the directory without one */
    readonly path: string,
    scratch: Scratch,
    home: string,
  ) {
    this.#scratch = scratch;
    this.#home = home;
  }

  /**
   * @param workTree any directory of the repository
   * @throws Error if there is no repository or it has no commit
   */
  static async open(workTree: string, scratch: Scratch): Promise<GitRepository> {
    const home = await scratch.directory('git');
    await writeFile(join(home, '.gitconfig'), CONFIGURATION);
    const found = new GitRepository(workTree, scratch, home);
    const top = await found.#git(['rev-parse', '--show-toplevel']).catch((cause) => {
      throw new Error(`${workTree} is not in a git repository; clone it instead of downloading it, or run git init`, {
        cause,
      });
    });
    const repository = new GitRepository(top, scratch, home);
    await repository.head().catch((cause) => {
      throw new Error(`the repository at ${top} has no commit; commit what is to be rehearsed`, { cause });
    });
    return repository;
  }

  /** @returns the commit that is checked out */
  async head(): Promise<Commit> {
    return this.#commit('HEAD');
  }

  /** @returns the paths that differ from the commit that is checked out, untracked ones included */
  async changes(): Promise<readonly string[]> {
    const status = await this.#git(['status', '--porcelain', '--untracked-files=all']);
    return status.split('\n').flatMap((line) => (line ? [line.slice(3)] : []));
  }

  /** Clones the checked-out commit into the scratch directory. Shallow clones and detached heads are as good as others. */
  async clone(): Promise<GitRepository> {
    const { id } = await this.head();
    const path = join(this.#scratch.path, 'repository');
    // A shallow source is fetched from as a remote is; git says so and does it.
    await this.#git(['clone', '--quiet', '--no-hardlinks', '--no-checkout', '--', this.path, path], this.#home);
    const clone = new GitRepository(path, this.#scratch, this.#home);
    await clone.#git(['checkout', '--quiet', '-B', AUTHOR.branch, id]);
    return clone;
  }

  /**
   * Commits on top of what is checked out. The same files on the same parent at the same date make the same id.
   *
   * @throws Error if nothing changes
   */
  async commit(props: CommitProps): Promise<Commit> {
    for (const [path, content] of Object.entries(props.files)) {
      const file = join(this.path, path);
      if (content === null) {
        await rm(file);
      } else {
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, content);
      }
    }
    await this.#git(['add', '--all', '--force', '--', ...Object.keys(props.files)]);
    const date = `${Math.floor(props.date.getTime() / 1000)} +0000`;
    await this.#git(['commit', '--quiet', '--no-verify', '--message', props.message], undefined, {
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_DATE: date,
    });
    return this.head();
  }

  /**
   * Writes a commit's files into a directory, as CodePipeline's source action hands them on: without git's own data.
   *
   * @param directory made if it is not there
   */
  async export(commit: string, directory: string): Promise<void> {
    await mkdir(directory, { recursive: true });
    const index = join(this.#home, `index-${commit}`);
    const environment = { GIT_INDEX_FILE: index };
    await this.#git(['read-tree', commit], undefined, environment);
    await this.#git(['checkout-index', '--all', '--force', `--prefix=${directory}/`], undefined, environment);
    await rm(index, { force: true });
  }

  async #commit(revision: string): Promise<Commit> {
    const shown = await this.#git(['log', '-1', '--format=%H%n%s%n%at%n%an%n%ae', revision]);
    const [id = '', subject = '', seconds = '', name = '', email = ''] = shown.split('\n');
    const date = new Date(Number(seconds) * 1_000).toISOString().replace('.000Z', 'Z');
    return { id, subject, date, author: { name, email } };
  }

  #git(args: readonly string[], cwd = this.path, environment: Readonly<Record<string, string>> = {}): Promise<string> {
    return this.#scratch.capture({
      file: 'git',
      arguments: args,
      cwd,
      environment: {
        PATH: process.env.PATH ?? '',
        HOME: this.#home,
        LC_ALL: 'C',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_TERMINAL_PROMPT: '0',
        ...environment,
      },
    });
  }
}
