import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ReleaseError } from '../errors';
import type { ReleaseRecord } from '../ledger/ledger';
import type { ReleaseAttempt } from '../outcome/attempt';
import { slsFailure } from './sls-log';

/** Files that `prepare` and `sls deploy` leave for `conclude`, in a directory of the build. */
export const WORKING_FILES = {
  directory: '.release',
  record: 'baseline.json',
  refusal: 'refusal.json',
  /** The whole output of sls. */
  log: 'sls.log',
  /** The exit status of sls. */
  status: 'sls.status',
} as const;

const Text = z.string().min(1);

const RecordFile = z.strictObject({
  build: Text,
  began: z.iso.datetime(),
  baseline: z.strictObject({ stackName: Text, eventId: Text.optional() }),
  execution: Text.exactOptional(),
  commit: Text.exactOptional(),
  committedAt: Text.exactOptional(),
});

const RefusalFile = z.strictObject({ problem: Text, code: Text.exactOptional(), remedy: Text.exactOptional() });

/** The working files of one release. */
export class WorkingFiles {
  readonly #directory: string;

  constructor(directory: string = WORKING_FILES.directory) {
    this.#directory = directory;
  }

  /** Removes what another attempt left. */
  clear(): void {
    const { record, refusal, log, status } = WORKING_FILES;
    mkdirSync(this.#directory, { recursive: true });
    for (const name of [record, refusal, log, status]) rmSync(join(this.#directory, name), { force: true });
  }

  writeRecord(record: Omit<ReleaseRecord, 'conclusion'>): void {
    this.#write(WORKING_FILES.record, record);
  }

  /** @throws ReleaseError NOT_PREPARED when there is no valid record. */
  readRecord(): ReleaseRecord {
    const file = join(this.#directory, WORKING_FILES.record);
    try {
      return RecordFile.parse(JSON.parse(readFileSync(file, 'utf8')));
    } catch (cause) {
      throw new ReleaseError('NOT_PREPARED', `no baseline at '${file}', so the release was not prepared`, {
        cause,
        remedy: 'nothing was released; see the error above',
      });
    }
  }

  /** Stores why `prepare` refused the release. */
  writeRefusal(error: unknown): void {
    this.#write(WORKING_FILES.refusal, refusalOf(error));
  }

  /**
   * @param status Exit status of sls as the shell has it; undefined when sls did not run or its status is not known.
   * @returns What is known about the attempt.
   * @throws ReleaseError NOT_PREPARED when there is a refusal that cannot be read.
   */
  attempt(status: string | undefined): ReleaseAttempt {
    const file = join(this.#directory, WORKING_FILES.refusal);
    if (existsSync(file)) {
      const { problem, ...unprepared } = this.#refusal(file);
      return { deployed: false, refusal: problem, unprepared };
    }
    if (status === '0') return { deployed: true };
    const log = join(this.#directory, WORKING_FILES.log);
    const refusal = existsSync(log) ? slsFailure(readFileSync(log, 'utf8')) : undefined;
    return { deployed: false, ...(refusal ? { refusal } : {}) };
  }

  #refusal(file: string) {
    try {
      return RefusalFile.parse(JSON.parse(readFileSync(file, 'utf8')));
    } catch (cause) {
      throw new ReleaseError('NOT_PREPARED', `prepare refused the release, but its reason in '${file}' is unreadable`, {
        cause,
        remedy: 'nothing was released; see the error above',
      });
    }
  }

  #write(name: string, content: object): void {
    mkdirSync(this.#directory, { recursive: true });
    writeFileSync(join(this.#directory, name), JSON.stringify(content));
  }
}

function refusalOf(error: unknown): z.infer<typeof RefusalFile> {
  if (!(error instanceof ReleaseError)) return { problem: `release prepare failed: ${String(error)}` };
  const { problem, code, remedy } = error;
  return { problem, code, ...(remedy ? { remedy } : {}) };
}
