import { AccessControl } from '../../embedded-aws/access/access-control';
import { VirtualClock } from '../../embedded-aws/clock';
import { CloudFormation } from '../../embedded-aws/cloudformation/cloudformation';
import { Endpoint } from '../../embedded-aws/endpoint';
import { AwsError } from '../../embedded-aws/errors';
import { Iam } from '../../embedded-aws/iam/iam';
import { Logs } from '../../embedded-aws/logs/logs';
import { Random } from '../../embedded-aws/random';
import type { Properties, ResourceContext, ResourceType } from '../../embedded-aws/resource-type';
import { BucketStore } from '../../embedded-aws/s3/bucket-store';
import { S3 } from '../../embedded-aws/s3/s3';
import { Sns } from '../../embedded-aws/sns/sns';
import { Ssm } from '../../embedded-aws/ssm/ssm';
import { Sts } from '../../embedded-aws/sts/sts';

export const ACCOUNT = '111111111111';
export const REGION = 'eu-central-1';

/** An operation on a resource of type `Test::Thing`, e.g. `create A`. */
type ResourceOperation = string;

/** CloudFormation and the services that it needs, in one account and region, behind one endpoint. */
export class SmallWorld {
  readonly clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'));
  readonly random = new Random(1);
  readonly scope = { accountId: ACCOUNT, region: REGION };
  readonly buckets = new BucketStore();
  readonly s3 = new S3({ buckets: this.buckets, clock: this.clock, random: this.random.stream('s3') });
  readonly iam = new Iam({ accountId: ACCOUNT, clock: this.clock, random: this.random.stream('iam') });
  readonly access = new AccessControl({
    iam: (accountId) => (accountId === ACCOUNT ? this.iam : undefined),
    resourcePolicy: (resourceArn) => this.#resourcePolicy(resourceArn),
  });
  readonly sts = new Sts({
    iam: (accountId) => (accountId === ACCOUNT ? this.iam : undefined),
    random: this.random.stream('sts'),
    access: this.access,
  });
  readonly logs = new Logs({ scope: this.scope, clock: this.clock, random: this.random.stream('logs') });
  readonly sns = new Sns({ scope: this.scope, clock: this.clock, random: this.random.stream('sns') });
  readonly ssm = new Ssm({ scope: this.scope, clock: this.clock });
  readonly operations: ResourceOperation[] = [];
  readonly notices: string[] = [];
  readonly cloudformation = new CloudFormation({
    scope: this.scope,
    clock: this.clock,
    random: this.random.stream('cloudformation'),
    buckets: this.buckets,
    iam: this.iam,
    access: this.access,
    onNotice: (notice) => this.notices.push(notice),
    ssm: this.ssm,
    sns: this.sns,
    resourceTypes: [
      ...this.s3.resourceTypes,
      ...this.iam.resourceTypes,
      ...this.logs.resourceTypes,
      ...this.sns.resourceTypes,
      thing('Test::Thing', this.clock, this.operations),
      // The only type that may have an update policy here. Lambda's resource type is tested with Lambda.
      thing('AWS::Lambda::Alias', this.clock, this.operations),
    ],
  });
  readonly #endpoint = new Endpoint({
    service: (name) =>
      [this.s3, this.iam, this.sts, this.logs, this.sns, this.ssm, this.cloudformation].find(
        ({ api }) => api.signingName === name,
      )?.api,
    authenticate: (accessKeyId, region) => this.sts.authenticate(accessKeyId, region),
    authorize: (caller, need) => this.access.check(caller, need)?.message,
  });

  /** @returns The configuration of an SDK client. */
  async open() {
    await this.#endpoint.listen();
    return {
      endpoint: this.#endpoint.url,
      region: REGION,
      credentials: this.sts.user(ACCOUNT, 'tester'),
      maxAttempts: 1,
    };
  }

  close(): Promise<void> {
    return this.#endpoint.close();
  }

  #resourcePolicy(resourceArn: string) {
    if (resourceArn.startsWith('arn:aws:s3:')) return this.buckets.policyOf(resourceArn);
    return resourceArn.startsWith('arn:aws:sns:') ? this.sns.resourcePolicy(resourceArn) : undefined;
  }
}

/**
 * A resource type that is controlled by its properties: it takes `Seconds`, fails with the message `Fail`, adds the
 * note `Note`, and is replaced when `Name` changes. `FailUpdate` and `FailDelete` fail only that operation. Its
 * attribute is `Value`.
 */
function thing(type: string, clock: VirtualClock, operations: ResourceOperation[]): ResourceType {
  let made = 0;
  const work = async (operation: string, properties: Properties, context: ResourceContext, failure?: string) => {
    const policy = context.updatePolicy ? ` under ${JSON.stringify(context.updatePolicy)}` : '';
    operations.push(`${operation} ${context.logicalId}${policy}${context.rollback ? ' (rollback)' : ''}`);
    await clock.sleep(500 * Number(properties.Seconds ?? 10));
    if (properties.Note) context.note(properties.Note);
    await clock.sleep(500 * Number(properties.Seconds ?? 10));
    if (failure) throw new AwsError('Broken', failure);
  };
  const attributes = (properties: Properties) => ({ Value: String(properties.Value ?? '') });
  return {
    type,
    accepts: ['Name', 'Value', 'Seconds', 'Fail', 'FailUpdate', 'FailDelete', 'Note', 'Needs'],
    replacedBy: ['Name'],
    async create(properties, context) {
      await work('create', properties, context, properties.Fail);
      made += 1;
      return { id: `${properties.Name ?? context.logicalId}-${made}`, attributes: attributes(properties) };
    },
    async update(id, properties, _previous, context) {
      await work('update', properties, context, properties.Fail ?? properties.FailUpdate);
      return { id, attributes: attributes(properties) };
    },
    delete: (_id, properties, context) => work('delete', properties, context, properties.FailDelete),
  };
}

/**
 * @returns A template with resources of type `Test::Thing` by logical id. Members that begin with `$` are attributes of
 * the resource, the others its properties.
 */
export function things(
  resources: Readonly<Record<string, Properties>>,
  more: Readonly<Record<string, unknown>> = {},
): { readonly body: string } {
  const Resources = Object.fromEntries(
    Object.entries(resources).map(([logicalId, members]) => {
      const entries = Object.entries(members);
      const attributes = entries
        .filter(([name]) => name.startsWith('$'))
        .map(([name, value]) => [name.slice(1), value]);
      const Properties = Object.fromEntries(entries.filter(([name]) => !name.startsWith('$')));
      return [logicalId, { Type: 'Test::Thing', ...Object.fromEntries(attributes), Properties }];
    }),
  );
  return { body: JSON.stringify({ Resources, ...more }) };
}
