import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { AccessControl } from '../../embedded-aws/access/access-control';
import { VirtualClock } from '../../embedded-aws/clock';
import type { MetricDatum } from '../../embedded-aws/cloudwatch/metric';
import { Endpoint } from '../../embedded-aws/endpoint';
import { AwsError } from '../../embedded-aws/errors';
import { Iam } from '../../embedded-aws/iam/iam';
import type { AliasShift } from '../../embedded-aws/lambda/alias-shift';
import type { Interference } from '../../embedded-aws/lambda/effect';
import { Lambda } from '../../embedded-aws/lambda/lambda';
import { Random } from '../../embedded-aws/random';
import type { Physical, Properties, ResourceContext, ResourceType } from '../../embedded-aws/resource-type';
import { Sqs } from '../../embedded-aws/sqs/sqs';
import { administratorRole } from '../support/administrator';

export const scope = { accountId: '111122223333', region: 'eu-central-1' };
export const start = new Date('2026-01-01T00:00:00.000Z');

/** Lambda with its surroundings: real zips, a real endpoint, and sinks that record. */
export class LambdaFixture {
  readonly clock = new VirtualClock(start);
  readonly metrics: MetricDatum[] = [];
  readonly logs: { group: string; stream: string; at: number; message: string }[] = [];
  readonly notices: string[] = [];
  readonly shifts: AliasShift[] = [];
  readonly directory = mkdtempSync(join(tmpdir(), 'embedded-lambda-'));
  readonly iam = new Iam({ accountId: scope.accountId, clock: this.clock, random: new Random(1).stream('iam') });
  readonly access = new AccessControl({
    iam: () => this.iam,
    resourcePolicy: (resourceArn) =>
      resourceArn.includes(':lambda:') ? this.lambda.resourcePolicy(resourceArn) : undefined,
  });
  readonly sqs: Sqs;
  readonly lambda: Lambda;
  readonly endpoint: Endpoint;
  readonly #objects = new Map<string, Buffer>();
  #logicalIds = 0;

  constructor({
    seed = 1,
    realTimeoutCap = 5_000,
    interference,
  }: { seed?: number; realTimeoutCap?: number; interference?: Interference } = {}) {
    for (const name of ['run', 'other']) administratorRole(this.iam, name, 'lambda.amazonaws.com');
    const metrics = { record: (datum: MetricDatum) => this.metrics.push(datum) };
    this.sqs = new Sqs({
      scope,
      clock: this.clock,
      random: new Random(seed).stream('sqs'),
      metrics,
      endpointUrl: () => this.endpoint.url,
    });
    this.lambda = new Lambda({
      scope,
      clock: this.clock,
      random: new Random(seed),
      objects: {
        getObject: (bucket, key) => {
          const object = this.#objects.get(`${bucket}/${key}`);
          if (!object) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
          return object;
        },
      },
      metrics,
      logs: {
        hasGroup: () => true,
        write: (group, stream, at, message) => this.logs.push({ group, stream, at, message }),
      },
      deadLetters: this.sqs,
      access: this.access,
      credentials: (roleArn, session) => ({ accessKeyId: 'ASIAROLE', secretAccessKey: roleArn, sessionToken: session }),
      endpointUrl: () => this.endpoint.url,
      directory: this.directory,
      shifter: () => ({
        shiftAlias: async (shift, note) => {
          this.shifts.push(shift);
          note('CodeDeploy deployment started: d-1');
          this.lambda.setAlias(shift.functionName, shift.alias, { functionVersion: shift.targetVersion, weights: {} });
        },
      }),
      realTimeoutCap,
      interference,
      onNotice: (notice) => this.notices.push(notice),
    });
    this.endpoint = new Endpoint({
      service: (name) => (name === 'lambda' ? this.lambda.api : undefined),
      authenticate: () => ({ ...scope, arn: `arn:aws:iam::${scope.accountId}:user/tester` }),
      authorize: (caller, need) => this.access.check(caller, need)?.message,
    });
  }

  /**
   * Stores a deployment package with these files.
   *
   * @returns The function's property `Code` for it.
   */
  pack(files: Readonly<Record<string, string>>): Properties {
    const zip = zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
    const S3Key = `${this.#objects.size}.zip`;
    this.#objects.set(`bucket/${S3Key}`, Buffer.from(zip));
    return { S3Bucket: 'bucket', S3Key };
  }

  /** Creates a function; a source that is a text becomes its only file, `index.js`. */
  async define(name: string, source: string | Record<string, string>, properties: Properties = {}): Promise<Physical> {
    return this.create('AWS::Lambda::Function', this.definition(name, source, properties));
  }

  definition(name: string, source: string | Record<string, string>, properties: Properties = {}): Properties {
    return {
      FunctionName: name,
      Code: this.pack(typeof source === 'string' ? { 'index.js': source } : source),
      Handler: 'index.handler',
      Runtime: 'nodejs20.x',
      Role: `arn:aws:iam::${scope.accountId}:role/run`,
      ...properties,
    };
  }

  async publish(name: string): Promise<string> {
    return (await this.create('AWS::Lambda::Version', { FunctionName: name })).attributes.Version!;
  }

  async create(type: string, properties: Properties, context: Partial<ResourceContext> = {}): Promise<Physical> {
    return this.clock.spawn(() => this.type(type).create(properties, this.context(context)));
  }

  async update(
    type: string,
    id: string,
    [previous, properties]: [Properties, Properties],
    context: Partial<ResourceContext> = {},
  ): Promise<Physical> {
    return this.clock.spawn(() => this.type(type).update(id, properties, previous, this.context(context)));
  }

  type(type: string): ResourceType {
    return this.lambda.resourceTypes.find((each) => each.type === type)!;
  }

  context(context: Partial<ResourceContext> = {}): ResourceContext {
    this.#logicalIds += 1;
    return {
      scope,
      stackId: `arn:aws:cloudformation:${scope.region}:${scope.accountId}:stack/shop/1`,
      stackName: 'shop',
      logicalId: `Resource${this.#logicalIds}`,
      updatePolicy: undefined,
      rollback: false,
      note: () => {},
      ...context,
    };
  }

  /** @returns Messages in the log group of a function. */
  logOf(name: string): string[] {
    return this.logs.filter(({ group }) => group === `/aws/lambda/${name}`).map(({ message }) => message);
  }

  /** @returns Sums of a metric by its dimensions, written `Name=value,…`. */
  sums(metric: string): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const { dimensions, value } of this.metrics.filter((datum) => datum.name === metric)) {
      const key = Object.entries(dimensions)
        .map(([dimension, text]) => `${dimension}=${text}`)
        .join(',');
      sums[key] = (sums[key] ?? 0) + value;
    }
    return sums;
  }

  async close(): Promise<void> {
    await this.lambda.close();
    await this.endpoint.close().catch(() => {});
    rmSync(this.directory, { recursive: true });
  }
}
