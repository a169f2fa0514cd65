import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ReleaseError } from '../errors';
import type { ReleaseRecord } from '../ledger/ledger';
import type { Attempt } from '../outcome/attempt';
import { slsFailure } from './sls-log';

/** What `prepare` and `sls deploy` leave for `conclude`, in a directory of the build. */
export const NOTES = {
  directory: '.release',
  record: 'baseline.json',
  refusal: 'refusal.json',
  /** what sls wrote, whole */
  log: 'sls.log',
  /** how sls ended: its exit status */
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

/** The notes of one release, as files. */
export class Notes {
  constructor(private readonly directory: string = NOTES.directory) {}

  /** Begins anew: whatever another attempt left is gone. */
  clear(): void {
    mkdirSync(this.directory, { recursive: true });
    for (const name of [NOTES.record, NOTES.refusal, NOTES.log, NOTES.status]) {
      rmSync(join(this.directory, name), { force: true });
    }
  }

  writeRecord(record: Omit<ReleaseRecord, 'conclusion'>): void {
    this.#write(NOTES.record, record);
  }

  /** @throws ReleaseError NOT_PREPARED */
  readRecord(): ReleaseRecord {
    const file = join(this.directory, NOTES.record);
    try {
      return RecordFile.parse(JSON.parse(readFileSync(file, 'utf8')));
    } catch (cause) {
      throw new ReleaseError('NOT_PREPARED', `no baseline at '${file}': the release was not prepared`, {
        cause,
        remedy: 'nothing was released; read what stands above',
      });
    }
  }

  /** Leaves why `prepare` lets nothing be released. */
  refuse(error: unknown): void {
    this.#write(NOTES.refusal, refusalOf(error));
  }

  /**
   * @param status exit status of sls as the shell has it, undefined when it did not run or nobody knows
   * @returns what is known of the attempt
   * @throws ReleaseError NOT_PREPARED for a refusal that cannot be read
   */
  attempt(status: string | undefined): Attempt {
    const file = join(this.directory, NOTES.refusal);
    if (existsSync(file)) {
      const { problem, ...unprepared } = this.#refusal(file);
      return { deployed: false, refusal: problem, unprepared };
    }
    if (status === '0') return { deployed: true };
    const log = join(this.directory, NOTES.log);
    const refusal = existsSync(log) ? slsFailure(readFileSync(log, 'utf8')) : undefined;
    return { deployed: false, ...(refusal ? { refusal } : {}) };
  }

  #refusal(file: string) {
    try {
      return RefusalFile.parse(JSON.parse(readFileSync(file, 'utf8')));
    } catch (cause) {
      throw new ReleaseError('NOT_PREPARED', `what '${file}' says cannot be read, so the release was refused`, {
        cause,
        remedy: 'read what stands above',
      });
    }
  }

  #write(name: string, content: object): void {
    mkdirSync(this.directory, { recursive: true });
    writeFileSync(join(this.directory, name), JSON.stringify(content));
  }
}

function refusalOf(error: unknown): z.infer<typeof RefusalFile> {
  if (!(error instanceof ReleaseError)) return { problem: `release prepare failed: ${String(error)}` };
  const { problem, code, remedy } = error;
  return { problem, code, ...(remedy ? { remedy } : {}) };
}
