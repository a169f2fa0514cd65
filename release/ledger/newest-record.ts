import type { ReleaseClients } from '../aws/clients';
import { Reading, type Unread } from '../collect/reading';
import { ReleaseError } from '../errors';
import { Ledger, type ReleaseRecord } from './ledger';

/** What the ledger knows of an environment's newest release. */
export interface Newest {
  /** @default nothing was written down, or it could not be read */
  readonly record?: ReleaseRecord;
  /** why the ledger could not be read; @default it could, or there is none */
  readonly unread?: Unread;
}

/** Reads an environment's newest release from its ledger. A stack without one, released by hand, has none, and that is no error. */
export async function newestRecord(clients: Pick<ReleaseClients, 'dynamoDb'>, stackName: string): Promise<Newest> {
  const reading = new Reading();
  const what = 'the ledger of releases';
  try {
    const records = await reading.read(what, () => new Ledger(clients.dynamoDb, stackName).last(1));
    const [record] = records ?? [];
    if (record) return { record };
  } catch (error) {
    if (!(error instanceof ReleaseError)) throw error;
    return { unread: { what, why: 'failed', message: error.message } };
  }
  const [unread] = reading.unread;
  return unread && unread.why !== 'gone' ? { unread } : {};
}
