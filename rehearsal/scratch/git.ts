import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Scratch } from './scratch';

/** Author of every commit. It is fixed so that the same content always has the same commit id. */
const AUTHOR = { name: 'Rehearsal', email: 'rehearsal@example.invalid', branch: 'rehearsal' };

/** The only configuration that git reads: the user's own (hooks, signing, line endings) must not affect a rehearsal. */
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
  /** Forty hexadecimal digits. */
  readonly id: string;
  /** First line of the message. */
  readonly subject: string;
  /** Author date in ISO 8601: UTC, whole seconds. */
  readonly date: string;
  readonly author: { readonly name: string; readonly email: string };
}

interface CommitProps {
  readonly message: string;
  /** New contents by path; null removes the file. */
  readonly files: Readonly<Record<string, string | null>>;
  /** Date of the commit, in virtual time because the commit id depends on it. */
  readonly date: Date;
}

/**
 * A git repository: the user's work tree, which is only read, or a scratch clone of it, to which a rehearsal commits.
 */
export class GitRepository {
  readonly #scratch: Scratch;
  readonly #home: string;

  private constructor(
    /** Absolute path of the work tree. */
    readonly path: string,
    scratch: Scratch,
    home: string,
  ) {
    this.#scratch = scratch;
    this.#home = home;
  }

  /**
   * @param workTree Any directory of the repository.
   * @throws Error when there is no repository, or it has no commit.
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
      throw new Error(`the repository at ${top} has no commit; commit what you want to rehearse`, { cause });
    });
    return repository;
  }

  /** @returns The commit that is checked out. */
  async head(): Promise<Commit> {
    return this.#commit('HEAD');
  }

  /** @returns The paths that differ from the commit that is checked out, untracked ones included. */
  async changes(): Promise<readonly string[]> {
    const status = await this.#git(['status', '--porcelain', '--untracked-files=all']);
    return status.split('\n').flatMap((line) => (line ? [line.slice(3)] : []));
  }

  /** Clones the checked-out commit into the scratch directory. Works for shallow clones and detached heads too. */
  async clone(): Promise<GitRepository> {
    const { id } = await this.head();
    const path = join(this.#scratch.path, 'repository');
    // git treats a shallow source like a remote repository, with a warning.
    await this.#git(['clone', '--quiet', '--no-hardlinks', '--no-checkout', '--', this.path, path], this.#home);
    const clone = new GitRepository(path, this.#scratch, this.#home);
    await clone.#git(['checkout', '--quiet', '-B', AUTHOR.branch, id]);
    return clone;
  }

  /**
   * Commits on top of the commit that is checked out. The same files, parent and date give the same commit id.
   *
   * @throws Error when nothing changes.
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
   * Writes a commit's files into a directory, without git's own data, like CodePipeline's source action.
   *
   * @param directory Created if it does not exist.
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
