import type { ReleaseClients } from '../aws/clients';
import { Reading } from '../collect/reading';
import { ReleaseError } from '../errors';
import type { Unread } from '../outcome/unread';
import { Ledger, type ReleaseRecord } from './ledger';

/** The newest release in an environment's ledger. */
interface NewestRecord {
  /** @default - the ledger is empty, does not exist, or could not be read */
  readonly record?: ReleaseRecord;
  /** Why the ledger could not be read. @default - it could, or it does not exist */
  readonly unread?: Unread;
}

/**
 * Reads an environment's newest release from its ledger. A stack without a ledger, released by hand, is not an error.
 */
export async function newestRecord(
  clients: Pick<ReleaseClients, 'dynamoDb'>,
  stackName: string,
): Promise<NewestRecord> {
  const reading = new Reading();
  const what = 'the release ledger';
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
