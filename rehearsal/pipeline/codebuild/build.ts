import { join } from 'node:path';
import type { Exit } from '../../scratch/child-process';
import type { Scratch } from '../../scratch/scratch';
import type { BuildEvent, BuildFailure, BuildPhase, BuildResult } from './build-event';
import { type Buildspec, PHASES, type Phase } from './buildspec';
import type { BuildCache, CacheLease } from './cache';
import { cachePaths } from './cache-paths';
import { installHashFiles } from './hash-files';
import { readReports, type TestReport } from './reports';
import { BuildShell } from './shell';
import { type OutputArtifact, uploadArtifacts } from './upload-artifacts';

interface BuildProps {
  /** Id, as `project:uuid`. */
  readonly id: string;
  readonly scratch: Scratch;
  /** Directory of the build, which contains the sources in `src`. */
  readonly directory: string;
  /** TMPDIR of the build. The path must be short, because sockets are created there. */
  readonly temporaryDirectory: string;
  readonly buildspec: Buildspec;
  /** The complete environment of the first command, without HOME, PWD and TMPDIR. */
  readonly environment: Readonly<Record<string, string>>;
  readonly shell: string;
  readonly outputs: readonly OutputArtifact[];
  /** The cache of the project. Undefined if it has none. */
  readonly cache: { readonly store: BuildCache; readonly name: string } | undefined;
  /**
   * @returns Whether to skip a command.
   *
   * @default - no command is skipped
   */
  readonly skip?: (command: string) => boolean;
  /** Aborted when the project's timeout has passed in virtual time. */
  readonly timeout: AbortSignal;
  /** Real time that the build may take, in milliseconds. */
  readonly guard: number;
  readonly onEvent: (event: BuildEvent) => void;
}

/**
 * One build of a CodeBuild project, in CodeBuild's phases (user guide, "Build phase transitions"): a failure in INSTALL
 * or PRE_BUILD ends the build; POST_BUILD and UPLOAD_ARTIFACTS also run after a failure in BUILD.
 */
export class Build {
  readonly #sourceDirectory: string;
  readonly #home: string;
  readonly #signal: AbortSignal;
  readonly #skipped: string[] = [];
  #failure: BuildFailure | undefined;
  readonly #props: BuildProps;

  constructor(props: BuildProps) {
    this.#props = props;
    this.#sourceDirectory = join(props.directory, 'src');
    this.#home = join(props.directory, 'root');
    this.#signal = AbortSignal.any([props.timeout, AbortSignal.timeout(props.guard)]);
  }

  /**
   * Runs the build. A failure of the build is returned.
   *
   * @throws Refusal when a rehearsal does not support the buildspec.
   */
  async run(): Promise<BuildResult> {
    const { buildspec, scratch, directory, temporaryDirectory } = this.#props;
    await scratch.directory(this.#home.slice(scratch.path.length + 1));
    await scratch.directory(temporaryDirectory.slice(scratch.path.length + 1));
    const shell = await BuildShell.open({
      scratch,
      shell: this.#props.shell,
      state: join(directory, 'state'),
      directory: this.#sourceDirectory,
      environment: { ...this.#props.environment, HOME: this.#home, TMPDIR: temporaryDirectory },
      signal: this.#signal,
    });
    try {
      this.#checkNode();
      const lease = await this.#restoreCache(shell);
      const last = await this.#phases(shell);
      const ended = last === 'build' || last === 'post_build';
      const exported = this.#failure ? {} : await shell.variables(buildspec.env['exported-variables']);
      await shell.close();
      if (ended && !this.#signal.aborted) {
        await this.#phase('UPLOAD_ARTIFACTS', () => uploadArtifacts(this.#props.outputs, this.#sourceDirectory));
      }
      const reports = await this.#reports();
      await lease?.end(ended, buildspec.cache.action !== 'restore');
      return {
        id: this.#props.id,
        status: this.#status(),
        failure: this.#failure,
        exported,
        reports,
        skipped: this.#skipped,
      };
    } finally {
      await shell.close();
      if (!scratch.kept) await scratch.remove(directory);
      await scratch.remove(temporaryDirectory);
    }
  }

  #status(): BuildResult['status'] {
    if (!this.#failure) return 'SUCCEEDED';
    return this.#failure.code === TIMED_OUT ? 'TIMED_OUT' : 'FAILED';
  }

  /** Builds run on this machine's Node version. Notes when the buildspec requires another one. */
  #checkNode(): void {
    const wanted = this.#props.buildspec.phases.install?.['runtime-versions'].nodejs;
    const here = process.versions.node;
    if (wanted === undefined || wanted === 'latest' || here.startsWith(`${wanted.replace(/\.x$/, '')}.`)) return;
    this.#props.onEvent({ type: 'note', text: `the buildspec requires Node ${wanted}, this machine has ${here}` });
  }

  /**
   * Runs the phases until one ends the build.
   *
   * @returns The last phase that was run.
   */
  async #phases(shell: BuildShell): Promise<(typeof PHASES)[number]> {
    let last: (typeof PHASES)[number] = 'install';
    for (const name of PHASES) {
      last = name;
      const phase = this.#props.buildspec.phases[name];
      if (!phase) continue;
      const kind = name.toUpperCase() as BuildPhase;
      const failure = await this.#phase(kind, () => this.#commands(shell, kind, phase));
      if (!failure) continue;
      await shell.set({ CODEBUILD_BUILD_SUCCEEDING: '0' });
      if (this.#signal.aborted || phase['on-failure'] === 'ABORT') break;
      if (name !== 'build' && phase['on-failure'] !== 'CONTINUE') break;
    }
    return last;
  }

  async #phase(phase: BuildPhase, run: () => Promise<Omit<BuildFailure, 'phase'> | undefined>) {
    this.#props.onEvent({ type: 'phase-started', phase });
    const failed = await run();
    const failure = failed && { phase, ...failed };
    this.#failure ??= failure;
    this.#props.onEvent({ type: 'phase-ended', phase, failure });
    return failure;
  }

  /** Runs the commands until one fails, and then those of `finally`. */
  async #commands(shell: BuildShell, phase: BuildPhase, { commands, finally: last }: Phase) {
    const failed = await this.#list(shell, phase, commands);
    const lastFailed = await this.#list(shell, phase, last);
    return failed ?? lastFailed;
  }

  async #list(shell: BuildShell, phase: BuildPhase, commands: readonly string[]) {
    for (const command of commands) {
      if (this.#signal.aborted) return this.#aborted();
      if (this.#props.skip?.(command.trim())) {
        this.#skipped.push(command.trim());
        this.#props.onEvent({ type: 'command-skipped', phase, command: command.trim() });
        continue;
      }
      this.#props.onEvent({ type: 'command-started', phase, command: command.trim() });
      const exit = await shell.run(command, (line) => this.#props.onEvent({ type: 'output', phase, line }));
      if (exit.type === 'aborted') return this.#aborted();
      const reason = failureReason(exit);
      if (reason === undefined) continue;
      const message = `Error while executing command: ${command.trim()}. Reason: ${reason}`;
      return { code: 'COMMAND_EXECUTION_ERROR', message };
    }
    return undefined;
  }

  #aborted() {
    if (this.#props.timeout.aborted) return { code: TIMED_OUT, message: 'Build has timed out.' };
    const minutes = this.#props.guard / 60_000;
    return { code: 'REHEARSAL_GUARD', message: `the build was stopped after ${minutes} minutes of real time` };
  }

  async #restoreCache(shell: BuildShell): Promise<CacheLease | undefined> {
    const { buildspec, cache, directory, onEvent } = this.#props;
    if (!cache || buildspec.cache.paths.length === 0) return undefined;
    const tools = join(directory, 'tools');
    await installHashFiles(tools);
    const { key: template, 'fallback-keys': templates } = buildspec.cache;
    const key = template === undefined ? undefined : await shell.expand(template, tools);
    const fallbackKeys: string[] = [];
    for (const each of templates) fallbackKeys.push(await shell.expand(each, tools));
    const lease = await cache.store.restore({
      cache: cache.name,
      key,
      fallbackKeys,
      paths: cachePaths(buildspec.cache.paths, this.#sourceDirectory, this.#home),
      sourceDirectory: this.#sourceDirectory,
      ignore: buildspec.cache.action === 'save',
    });
    onEvent({ type: 'note', text: `cache${key === undefined ? '' : ` ${key}`}: ${FOUND[lease.find.type]}` });
    return lease;
  }

  async #reports(): Promise<readonly TestReport[]> {
    return readReports(this.#props.buildspec.reports, this.#sourceDirectory);
  }
}

const TIMED_OUT = 'BUILD_TIMED_OUT';

const FOUND = {
  hit: 'found',
  fallback: 'not found, using an older entry',
  seeded: 'not found, using the packages installed in the work tree',
  miss: 'not found',
};

/** @returns The reason in CodeBuild's error message. Undefined if the command succeeded. */
function failureReason(exit: Exit): string | undefined {
  if (exit.type === 'exited') return exit.code === 0 ? undefined : `exit status ${exit.code}`;
  return exit.type === 'killed' ? `signal: ${exit.signal}` : 'aborted';
}
