import { gunzipSync, gzipSync } from 'node:zlib';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import type { Baseline } from '../collect/baseline';
import { ReleaseError } from '../errors';
import type { ReleaseOutcome } from '../outcome/outcome';
import { headline } from '../render/wording';
import { LEDGER, ledgerTableName } from './ledger-table';

/** One release of an environment, as recorded in the ledger. */
export interface ReleaseRecord {
  /** Id of the CodeBuild build that deploys it, `<project>:<uuid>`. */
  readonly build: string;
  /** ISO 8601. */
  readonly began: string;
  readonly baseline: Baseline;
  /** Id of the pipeline execution. @default - not known */
  readonly execution?: string;
  /** @default - not known */
  readonly commit?: string;
  /** ISO 8601. @default - not known */
  readonly committedAt?: string;
  /** The outcome, and when it was recorded in ISO 8601. @default - none is recorded yet */
  readonly conclusion?: { readonly at: string; readonly outcome: ReleaseOutcome };
}

type Item = Record<string, AttributeValue>;

/** Expressions contain names as placeholders only, because DynamoDB reserves several hundred words. */
type Condition = Required<Pick<PutItemCommandInput, 'ConditionExpression' | 'ExpressionAttributeNames'>> &
  Pick<PutItemCommandInput, 'ExpressionAttributeValues'>;

/** Version of the record format; records of another version are refused. */
const FORMAT = 1;

/** Newest releases among which a build is searched: far more than can be in progress at once. */
const RECENT_RELEASES = 25;

const DAY_SECONDS = 24 * 60 * 60;
const RELEASE_DAYS = 365;
const CLAIM_DAYS = 30;

/** The releases of one environment, in the DynamoDB table of its stack. Errors of DynamoDB are thrown unchanged. */
export class Ledger {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #now: () => number;

  /**
   * @param stackName Name of the service's stack.
   * @param now Milliseconds since the epoch, from which the expiry of claims is computed.
   */
  constructor(client: DynamoDBClient, stackName: string, now: () => number = Date.now) {
    this.#client = client;
    this.#table = ledgerTableName(stackName);
    this.#now = now;
  }

  /** Records a release before anything is deployed. */
  async begin(record: ReleaseRecord): Promise<void> {
    await this.#client.send(new PutItemCommand({ TableName: this.#table, Item: itemOf(record) }));
  }

  /**
   * Records the outcome of a release, unless one is recorded already.
   *
   * @param at ISO 8601.
   * @returns False when an outcome was recorded before; that one is kept.
   * @throws TypeError when the outcome is still in progress.
   */
  conclude(record: ReleaseRecord, outcome: ReleaseOutcome, at: string): Promise<boolean> {
    if (outcome.type === 'in-progress') throw new TypeError(`release ${record.build} is still in progress`);
    return this.#putIf(itemOf({ ...record, conclusion: { at, outcome } }), {
      ConditionExpression: 'attribute_not_exists(#outcome)',
      ExpressionAttributeNames: { '#outcome': 'outcome' },
    });
  }

  /**
   * @returns The release that a build deploys; undefined when it has not begun, or when 25 others have begun after it.
   * @throws ReleaseError LEDGER_UNREADABLE when the record is not valid.
   */
  async find(build: string): Promise<ReleaseRecord | undefined> {
    const { items } = await this.#page(RECENT_RELEASES);
    const item = items.find((each) => each.build?.S === build);
    return item && this.#recordOf(item);
  }

  /**
   * @returns The newest releases, at most `count`, newest first.
   * @throws ReleaseError LEDGER_UNREADABLE when a record is not valid.
   */
  async last(count: number): Promise<readonly ReleaseRecord[]> {
    const records: ReleaseRecord[] = [];
    if (count <= 0) return records;
    for await (const record of this.backwards(count)) {
      records.push(record);
      if (records.length === count) break;
    }
    return records;
  }

  /**
   * Iterates over all releases, newest first.
   *
   * @param size Releases that are read per call.
   * @throws ReleaseError LEDGER_UNREADABLE when a record is not valid.
   */
  async *backwards(size = RECENT_RELEASES): AsyncGenerator<ReleaseRecord> {
    let after: Item | undefined;
    do {
      const { items, next } = await this.#page(size, after);
      for (const item of items) yield this.#recordOf(item);
      after = next;
    } while (after);
  }

  /**
   * Claims the announcement of something, so that it is announced once.
   *
   * @param what Name of what is announced, e.g. a deployment's id.
   * @param by Id of the claimant. The same claimant may claim again, e.g. when sending had failed; without an id a
   * claim cannot be repeated.
   * @returns False when another claimant has claimed it in the last 30 days.
   */
  claim(what: string, by?: string): Promise<boolean> {
    const item: Item = {
      kind: { S: 'told' },
      id: { S: what },
      expires: expiry(this.#now(), CLAIM_DAYS),
      ...(by ? { claimant: { S: by } } : {}),
    };
    const unclaimed = 'attribute_not_exists(#id)';
    return this.#putIf(
      item,
      by
        ? {
            ConditionExpression: `${unclaimed} OR #claimant = :by`,
            ExpressionAttributeNames: { '#id': 'id', '#claimant': 'claimant' },
            ExpressionAttributeValues: { ':by': { S: by } },
          }
        : { ConditionExpression: unclaimed, ExpressionAttributeNames: { '#id': 'id' } },
    );
  }

  async #page(
    Limit: number,
    ExclusiveStartKey?: Item,
  ): Promise<{ readonly items: readonly Item[]; readonly next: Item | undefined }> {
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: '#kind = :kind',
        ExpressionAttributeNames: { '#kind': LEDGER.partitionKey },
        ExpressionAttributeValues: { ':kind': { S: 'release' } },
        ScanIndexForward: false,
        // Other components read the outcome right after Deploy has recorded it.
        ConsistentRead: true,
        Limit,
        ExclusiveStartKey,
      }),
    );
    return { items: Items, next: LastEvaluatedKey };
  }

  async #putIf(Item: Item, condition: Condition): Promise<boolean> {
    try {
      await this.#client.send(new PutItemCommand({ TableName: this.#table, Item, ...condition }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  #recordOf(item: Item): ReleaseRecord {
    try {
      return recordOf(item);
    } catch (cause) {
      throw new ReleaseError(
        'LEDGER_UNREADABLE',
        `release '${item.id?.S}' in table '${this.#table}' cannot be read: ${(cause as Error).message}; if a newer version of the pipeline wrote it, update this one`,
        { cause },
      );
    }
  }
}

/** Type, headline and end are for people who look at the table; they are not read again. */
function itemOf(record: ReleaseRecord): Item {
  const { build, began, baseline, execution, commit, committedAt, conclusion } = record;
  const text = (name: string, value: string | undefined): Item => (value ? { [name]: { S: value } } : {});
  return {
    kind: { S: 'release' },
    id: { S: `${began}#${build}` },
    format: { N: String(FORMAT) },
    expires: expiry(Date.parse(began), RELEASE_DAYS),
    build: { S: build },
    began: { S: began },
    baseline: { S: JSON.stringify(baseline) },
    ...text('execution', execution),
    ...text('commit', commit),
    ...text('committedAt', committedAt),
    ...(conclusion && {
      type: { S: conclusion.outcome.type },
      headline: { S: headline(conclusion.outcome) },
      ended: { S: conclusion.at },
      outcome: { B: gzipSync(JSON.stringify(conclusion.outcome)) },
    }),
  };
}

/** @throws Error when the item is not valid; its message says why. */
function recordOf(item: Item): ReleaseRecord {
  const format = Number(item.format?.N);
  if (format !== FORMAT) throw new Error(`its format is '${item.format?.N}', expected ${FORMAT}`);
  const optional = (name: 'execution' | 'commit' | 'committedAt') => {
    const value = item[name]?.S;
    return value ? { [name]: value } : {};
  };
  return {
    build: text(item, 'build'),
    began: text(item, 'began'),
    baseline: JSON.parse(text(item, 'baseline')),
    ...optional('execution'),
    ...optional('commit'),
    ...optional('committedAt'),
    ...(item.outcome ? { conclusion: { at: text(item, 'ended'), outcome: outcomeOf(item.outcome) } } : {}),
  };
}

function text(item: Item, name: string): string {
  const value = item[name]?.S;
  if (!value) throw new Error(`'${name}' is missing or empty`);
  return value;
}

function outcomeOf({ B }: AttributeValue): ReleaseOutcome {
  if (!B) throw new Error("its 'outcome' is not binary");
  const outcome = JSON.parse(gunzipSync(B).toString('utf8'));
  if (typeof outcome?.type !== 'string') throw new Error("its 'outcome' has no type");
  return outcome;
}

function expiry(from: number, days: number): AttributeValue {
  return { N: String(Math.floor(from / 1000) + days * DAY_SECONDS) };
}
