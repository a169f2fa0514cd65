import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { unzipSync } from 'fflate';
import { AwsError } from '../errors';

/** The part of S3 that Lambda reads deployment packages from. */
export interface ObjectSource {
  /** @throws AwsError as S3 would. */
  getObject(bucket: string, key: string): Buffer;
}

/** A deployment package, unpacked. */
export interface CodePackage {
  /** Of the zip, in base64, as Lambda gives it. */
  readonly sha256: string;
  /** Of the zip, in bytes. */
  readonly size: number;
  /** Where the zip lies unpacked: what Lambda calls the task root. */
  readonly taskRoot: string;
  readonly bucket: string;
  readonly key: string;
}

interface CodeStoreProps {
  readonly objects: ObjectSource;
  /**
   * Where packages are unpacked; outside of any folder with `node_modules`, or functions find what they did not pack.
   */
  readonly directory: string;
  /** The `node_modules` whose `@aws-sdk` and `@smithy` stand for the SDK that Lambda's runtimes bring along. */
  readonly sdkModules: string;
}

/** Unpacks deployment packages, each content once. */
export class CodeStore {
  readonly #props: CodeStoreProps;
  #prepared = false;

  constructor(props: CodeStoreProps) {
    this.#props = props;
  }

  /** @throws AwsError InvalidParameterValueException when the object is missing or no zip, in Lambda's words. */
  fetch(bucket: string, key: string): CodePackage {
    const zip = this.#read(bucket, key);
    const hash = createHash('sha256').update(zip);
    const sha256 = hash.copy().digest('base64');
    const taskRoot = join(this.#props.directory, 'task', hash.digest('hex').slice(0, 32));
    if (!existsSync(taskRoot)) this.#unpack(zip, taskRoot);
    return { sha256, size: zip.length, taskRoot, bucket, key };
  }

  #read(bucket: string, key: string): Buffer {
    try {
      return this.#props.objects.getObject(bucket, key);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw new AwsError(
        'InvalidParameterValueException',
        `Error occurred while GetObject. S3 Error Code: ${error.code}. S3 Error Message: ${error.message}`,
      );
    }
  }

  #unpack(zip: Buffer, taskRoot: string): void {
    let files: Record<string, Uint8Array>;
    try {
      files = unzipSync(zip);
    } catch {
      throw new AwsError(
        'InvalidParameterValueException',
        'Could not unzip uploaded file. Please check your file, then try again.',
      );
    }
    this.#prepare();
    mkdirSync(taskRoot, { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      const path = resolve(taskRoot, name);
      // An entry such as `../x` would write outside; Lambda drops it.
      if (name.endsWith('/') || !path.startsWith(taskRoot + sep)) continue;
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
  }

  /** Makes the folders above the task roots what they are on Lambda: no module type, and the SDK to import. */
  #prepare(): void {
    if (this.#prepared) return;
    this.#prepared = true;
    const modules = join(this.#props.directory, 'node_modules');
    mkdirSync(modules, { recursive: true });
    writeFileSync(join(this.#props.directory, 'package.json'), '{}\n');
    for (const scope of ['@aws-sdk', '@smithy']) {
      if (!existsSync(join(modules, scope))) {
        symlinkSync(join(this.#props.sdkModules, scope), join(modules, scope), 'junction');
      }
    }
  }
}
