import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { unzipSync } from 'fflate';
import { AwsError } from '../errors';

/** S3, as far as Lambda reads deployment packages from it. */
export interface ObjectSource {
  /** @throws AwsError with S3's error when the object does not exist. */
  getObject(bucket: string, key: string): Buffer;
}

/** An unpacked deployment package. */
export interface CodePackage {
  /** SHA-256 of the zip, base64-encoded, as Lambda reports it. */
  readonly sha256: string;
  /** Size of the zip, in bytes. */
  readonly size: number;
  /** Directory with the unpacked zip, which Lambda calls the task root. */
  readonly taskRoot: string;
  readonly bucket: string;
  readonly key: string;
}

interface CodeStoreProps {
  readonly objects: ObjectSource;
  /**
   * Directory for unpacked packages. It must lie outside of any folder with `node_modules`, so that functions cannot
   * import what their package lacks.
   */
  readonly directory: string;
  /** The `node_modules` whose `@aws-sdk` and `@smithy` take the place of the SDK in Lambda's runtimes. */
  readonly sdkModules: string;
}

/** Unpacks deployment packages; equal packages are unpacked once. */
export class CodeStore {
  readonly #props: CodeStoreProps;
  #prepared = false;

  constructor(props: CodeStoreProps) {
    this.#props = props;
  }

  /**
   * @throws AwsError InvalidParameterValueException with Lambda's message when the object is missing or is not a zip.
   */
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
      // An entry such as `../x` would be written outside of the task root; Lambda skips it.
      if (name.endsWith('/') || !path.startsWith(taskRoot + sep)) continue;
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
  }

  /** Prepares the folder above the task roots as on Lambda: no module type, and the SDK to import. */
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
