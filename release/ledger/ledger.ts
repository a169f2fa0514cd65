import { gunzipSync, gzipSync } from 'node:zlib';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import type { Baseline } from '../deploy/prepare';
import { ReleaseError } from '../errors';
import type { ReleaseOutcome } from '../outcome/outcome';
import { headline } from '../render/wording';
import { LEDGER, ledgerTableName } from './ledger-table';

/** One release of an environment, as it is written down. */
export interface ReleaseRecord {
  /** id of the CodeBuild build that deploys it, `<project>:<uuid>` */
  readonly build: string;
  /** ISO 8601 */
  readonly began: string;
  readonly baseline: Baseline;
  /** the pipeline execution's id, @default not known */
  readonly execution?: string;
  /** @default not known */
  readonly commit?: string;
  /** ISO 8601, @default not known */
  readonly committedAt?: string;
  /** how it ended and when that was said, in ISO 8601; @default nobody has said it yet */
  readonly conclusion?: { readonly at: string; readonly outcome: ReleaseOutcome };
}

type Item = Record<string, AttributeValue>;

/** Names go into expressions as placeholders: DynamoDB reserves several hundred words. */
type Condition = Required<Pick<PutItemCommandInput, 'ConditionExpression' | 'ExpressionAttributeNames'>> &
  Pick<PutItemCommandInput, 'ExpressionAttributeValues'>;

/** What this code writes; it reads nothing that a later one has written. */
const FORMAT = 1;

/** How many of the newest releases a build is looked for among: far more than can be under way at once. */
const RECENT = 25;

const DAY = 24 * 60 * 60;
const RELEASE_DAYS = 365;
const CLAIM_DAYS = 30;

/** The releases of one environment, in the DynamoDB table beside its stack. Whatever DynamoDB refuses is thrown as it is. */
export class Ledger {
  readonly #table: string;

  /**
   * @param stackName the service's
   * @param now milliseconds since the epoch, from which claims expire. @default this machine's clock
   */
  constructor(
    private readonly client: DynamoDBClient,
    stackName: string,
    private readonly now: () => number = Date.now,
  ) {
    this.#table = ledgerTableName(stackName);
  }

  /** Writes a release down, before anything is deployed. */
  async begin(record: ReleaseRecord): Promise<void> {
    await this.client.send(new PutItemCommand({ TableName: this.#table, Item: itemOf(record) }));
  }

  /**
   * Writes down what became of a release, unless somebody has done so.
   *
   * @param at ISO 8601
   * @returns false when it was concluded already: then that conclusion stands
   * @throws TypeError for an outcome that is still in progress
   */
  conclude(record: ReleaseRecord, outcome: ReleaseOutcome, at: string): Promise<boolean> {
    if (outcome.type === 'in-progress') throw new TypeError(`release ${record.build} is still in progress`);
    return this.#putIf(itemOf({ ...record, conclusion: { at, outcome } }), {
      ConditionExpression: 'attribute_not_exists(#outcome)',
      ExpressionAttributeNames: { '#outcome': 'outcome' },
    });
  }

  /**
   * @returns the release that a build deploys; undefined when it has not begun, or 25 others have begun after it
   * @throws ReleaseError LEDGER_UNREADABLE
   */
  async find(build: string): Promise<ReleaseRecord | undefined> {
    const { items } = await this.#page(RECENT);
    const item = items.find((each) => each.build?.S === build);
    return item && this.#recordOf(item);
  }

  /**
   * @returns the newest releases, at most `count`, the newest first
   * @throws ReleaseError LEDGER_UNREADABLE
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
   * Goes back through all releases, the newest first.
   *
   * @param size how many are read at once
   * @throws ReleaseError LEDGER_UNREADABLE
   */
  async *backwards(size = RECENT): AsyncGenerator<ReleaseRecord> {
    let after: Item | undefined;
    do {
      const { items, next } = await this.#page(size, after);
      for (const item of items) yield this.#recordOf(item);
      after = next;
    } while (after);
  }

  /**
   * Claims to tell something, so that it is told once.
   *
   * @param what names it, e.g. a deployment's id
   * @param by who claims it: the same one may claim it again, e.g. when it failed in telling. @default somebody without a
   * name, who never gets it twice
   * @returns false when somebody else has claimed it in the last 30 days
   */
  claim(what: string, by?: string): Promise<boolean> {
    const item: Item = {
      kind: { S: 'told' },
      id: { S: what },
      expires: expiry(this.now(), CLAIM_DAYS),
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
    const { Items = [], LastEvaluatedKey } = await this.client.send(
      new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: '#kind = :kind',
        ExpressionAttributeNames: { '#kind': LEDGER.partitionKey },
        ExpressionAttributeValues: { ':kind': { S: 'release' } },
        ScanIndexForward: false,
        // Deploy has concluded a moment ago when others ask how it ended.
        ConsistentRead: true,
        Limit,
        ExclusiveStartKey,
      }),
    );
    return { items: Items, next: LastEvaluatedKey };
  }

  async #putIf(Item: Item, condition: Condition): Promise<boolean> {
    try {
      await this.client.send(new PutItemCommand({ TableName: this.#table, Item, ...condition }));
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
        `release '${item.id?.S}' in table '${this.#table}' cannot be read: ${(cause as Error).message}; if another version of the pipeline wrote it, bring this one up to date`,
        { cause },
      );
    }
  }
}

/** Beside what is read again it has attributes for people who look at the table. */
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

/** @throws Error saying what is wrong with it */
function recordOf(item: Item): ReleaseRecord {
  const format = Number(item.format?.N);
  if (format !== FORMAT) throw new Error(`it is of format '${item.format?.N}', this code reads ${FORMAT}`);
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
  if (!value) throw new Error(`it has no text in '${name}'`);
  return value;
}

function outcomeOf({ B }: AttributeValue): ReleaseOutcome {
  if (!B) throw new Error("its 'outcome' is not binary");
  const outcome = JSON.parse(gunzipSync(B).toString('utf8'));
  if (typeof outcome?.type !== 'string') throw new Error("its 'outcome' has no type");
  return outcome;
}

function expiry(from: number, days: number): AttributeValue {
  return { N: String(Math.floor(from / 1000) + days * DAY) };
}
