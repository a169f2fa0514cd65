import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetAliasCommand, ListVersionsByFunctionCommand } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { strToU8, zipSync } from 'fflate';
import { VirtualClock } from '../../embedded-aws/clock';
import type { StackResult } from '../../embedded-aws/cloudformation/cloudformation';
import type { Iam } from '../../embedded-aws/iam/iam';
import { Random } from '../../embedded-aws/random';
import type { Region } from '../../embedded-aws/region';
import type { Properties } from '../../embedded-aws/resource-type';
import { World, type WorldProps } from '../../embedded-aws/world';
import { type ReleaseClients, releaseClients } from '../../release/aws/clients';
import { ServicePackage } from '../../release/deploy/service-package';
import { administratorRole } from '../support/administrator';

export const scope = { accountId: '111122223333', region: 'eu-central-1' };
export const target = { stackName: 'shop-prod', stage: 'prod', region: scope.region };

/** A commit of the service `shop`, which has one function behind the alias `Live`. */
export interface ShopProps {
  /** Source of the function. */
  readonly code: string;
  /** The function's memory in MB: configuration, not code. @default 128 */
  readonly memorySize?: number;
  /** Adds a resource that CloudFormation cannot create, after the alias has shifted. @default false */
  readonly broken?: boolean;
}

/** An account in the embedded AWS, the clients of a release for it, and packages of one service to release to it. */
export class SmallAccount {
  readonly clock: VirtualClock;
  readonly clients: ReleaseClients;
  readonly #world: World;
  readonly #directory: string;

  private constructor(clock: VirtualClock, world: World, directory: string, clients: ReleaseClients) {
    this.clock = clock;
    this.clients = clients;
    this.#world = world;
    this.#directory = directory;
  }

  /** @param onCall Called for every call to AWS. @default - nothing is called */
  static async open(onCall?: WorldProps['onCall']): Promise<SmallAccount> {
    const clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'));
    const directory = mkdtempSync(join(tmpdir(), 'small-account-'));
    const world = new World({ clock, random: new Random(1), directory: join(directory, 'aws'), onCall });
    await world.open();
    administratorRole(world.account(scope.accountId), 'shifts', 'codedeploy.amazonaws.com');
    const credentials = world.visitor(scope.accountId);
    const clients = releaseClients(scope.region, { endpoint: world.url, credentials });
    const account = new SmallAccount(clock, world, directory, clients);
    await account.#putObject('');
    account.region.logs.write('taken', 'stream', clock.now(), 'a log group that a template cannot create any more');
    return account;
  }

  get region(): Region {
    return this.#world.region(scope);
  }

  /** Endpoint for other programs. */
  get url(): string {
    return this.#world.url;
  }

  /** Credentials for other programs. */
  get visitor() {
    return this.#world.visitor(scope.accountId);
  }

  get iam(): Iam {
    return this.#world.account(scope.accountId);
  }

  /** For what a release uploads. */
  get s3(): S3Client {
    return new S3Client({ region: scope.region, endpoint: this.url, credentials: this.visitor, forcePathStyle: true });
  }

  /** Status of the stack to which is released. */
  get status(): string | undefined {
    return this.region.cloudFormation.stack(target.stackName)?.status;
  }

  /** @returns The published versions, and the one that serves. */
  async versions(): Promise<{ published: (string | undefined)[]; live: string | undefined }> {
    const FunctionName = 'shop-prod-hello';
    const { Versions = [] } = await this.clients.lambda.send(new ListVersionsByFunctionCommand({ FunctionName }));
    const alias = await this.clients.lambda.send(new GetAliasCommand({ FunctionName, Name: 'Live' }));
    const published = Versions.map(({ Version }) => Version).filter((version) => version !== '$LATEST');
    return { published, live: alias.FunctionVersion };
  }

  /** Packages a commit as `sls package` does, afresh each time, without changes made to an earlier package. */
  async package(props: ShopProps, name = 'prod'): Promise<ServicePackage> {
    const zip = Buffer.from(zipSync({ 'index.js': [strToU8(props.code), { mtime: '2030-01-01' }] }));
    const codeSha256 = createHash('sha256').update(zip).digest('base64');
    const key = `${createHash('sha256').update(zip).digest('hex')}.zip`;
    await this.#putObject(key, zip);
    const Resources = shop(props, { S3Bucket: 'artifacts', S3Key: key }, codeSha256);
    return this.writePackage(name, {
      service: {
        service: 'shop',
        provider: { stage: 'dev', region: scope.region, compiledCloudFormationTemplate: { Resources } },
      },
      package: { artifactDirectoryName: 'serverless/shop/prod/1893456000000-2030-01-01T00:00:00.000Z' },
    });
  }

  /**
   * Writes the only file of a package that a release reads.
   *
   * @returns The package.
   */
  writePackage(name: string, state: object | string): ServicePackage {
    return ServicePackage.read(this.packageDirectory(name, state));
  }

  /** @returns The directory of the package. */
  packageDirectory(name: string, state: object | string): string {
    const directory = join(this.#directory, name);
    mkdirSync(directory, { recursive: true });
    const text = typeof state === 'string' ? state : JSON.stringify(state);
    writeFileSync(join(directory, ServicePackage.fileName), text);
    return directory;
  }

  /** Deploys the template that the package's file contains now. */
  deploy(service: ServicePackage): Promise<StackResult> {
    return this.deployTemplate(service.resources);
  }

  deployTemplate(Resources: object): Promise<StackResult> {
    const template = { body: JSON.stringify({ Resources }) };
    return this.region.cloudFormation.deploy({ stackName: target.stackName, template });
  }

  /**
   * Stops virtual time as soon as the stack has a status.
   *
   * @returns When it has, a function that resumes time.
   */
  async hold(status: string): Promise<() => void> {
    let open = () => {};
    const latch = new Promise<void>((resolve) => {
      open = resolve;
    });
    await new Promise<void>((held) => {
      void this.clock.spawn(async () => {
        while (this.status !== status) await this.clock.sleep(250);
        held();
        await latch;
      });
    });
    return open;
  }

  async close(): Promise<void> {
    const { console, ...clients } = this.clients;
    for (const client of Object.values(clients)) client.destroy();
    await this.#world.close();
    rmSync(this.#directory, { recursive: true });
  }

  /**
   * Uploads a template, however large.
   *
   * @returns Its URL.
   */
  async putTemplate(Resources: object): Promise<string> {
    await this.#putObject('template.json', Buffer.from(JSON.stringify({ Resources })));
    return 'https://artifacts.s3.eu-central-1.amazonaws.com/template.json';
  }

  /** Uploads over HTTP; without a key it creates the bucket. Signatures are not verified. */
  async #putObject(key: string, body?: Buffer): Promise<void> {
    const { accessKeyId } = this.#world.visitor(scope.accountId);
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20300101/${scope.region}/s3/aws4_request`;
    const configuration = `<CreateBucketConfiguration><LocationConstraint>${scope.region}</LocationConstraint></CreateBucketConfiguration>`;
    const answer = await fetch(`${this.#world.url}/artifacts/${key}`, {
      method: 'PUT',
      headers: { authorization },
      body: body ? new Uint8Array(body) : configuration,
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  }
}

function shop({ code, memorySize = 128, broken = false }: ShopProps, Code: Properties, CodeSha256: string): Properties {
  const version = `HelloLambdaVersion${createHash('sha256').update(`${code} ${memorySize}`).digest('hex').slice(0, 8)}`;
  return {
    HelloLambdaFunction: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'shop-prod-hello',
        Code,
        Handler: 'index.handler',
        Runtime: 'nodejs20.x',
        MemorySize: memorySize,
        Role: `arn:aws:iam::${scope.accountId}:role/shop`,
      },
    },
    [version]: {
      Type: 'AWS::Lambda::Version',
      DeletionPolicy: 'Retain',
      Properties: { FunctionName: { Ref: 'HelloLambdaFunction' }, CodeSha256 },
    },
    HelloLambdaFunctionAliasLive: {
      Type: 'AWS::Lambda::Alias',
      Properties: {
        FunctionName: { Ref: 'HelloLambdaFunction' },
        FunctionVersion: { 'Fn::GetAtt': [version, 'Version'] },
        Name: 'Live',
      },
      UpdatePolicy: {
        CodeDeployLambdaAliasUpdate: {
          ApplicationName: { Ref: 'Shifts' },
          DeploymentGroupName: { Ref: 'HelloShifts' },
        },
      },
    },
    Shifts: { Type: 'AWS::CodeDeploy::Application', Properties: { ComputePlatform: 'Lambda' } },
    HelloShifts: {
      Type: 'AWS::CodeDeploy::DeploymentGroup',
      Properties: {
        ApplicationName: { Ref: 'Shifts' },
        ServiceRoleArn: `arn:aws:iam::${scope.accountId}:role/shifts`,
        DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
        DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
      },
    },
    ...(broken && {
      Broken: {
        Type: 'AWS::Logs::LogGroup',
        DependsOn: 'HelloLambdaFunctionAliasLive',
        Properties: { LogGroupName: 'taken' },
      },
    }),
  };
}
