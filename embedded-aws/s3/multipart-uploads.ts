import { createHash } from 'node:crypto';
import { AwsError } from '../errors';
import type { Random } from '../random';
import type { ObjectMetadata } from './bucket-store';

interface Part {
  readonly body: Buffer;
  readonly etag: string;
}

interface MultipartUpload {
  readonly bucket: string;
  readonly key: string;
  readonly metadata: ObjectMetadata;
  readonly parts: Map<number, Part>;
}

/** A part that a client names when it completes an upload. */
interface CompletedPart {
  readonly number: number;
  readonly etag: string;
}

/** Smallest size of a part other than the last one, in bytes (S3 user guide, "Multipart upload limits"). */
const SMALLEST_PART = 5 * 1024 * 1024;

/** Multipart uploads that are in progress. */
export class MultipartUploads {
  readonly #uploads = new Map<string, MultipartUpload>();

  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** @returns The upload's id. */
  begin(bucket: string, key: string, metadata: ObjectMetadata): string {
    const id = this.#random.text(64, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._');
    this.#uploads.set(id, { bucket, key, metadata, parts: new Map() });
    return id;
  }

  /**
   * @returns The part's ETag.
   * @throws AwsError NoSuchUpload.
   */
  add(id: string, bucket: string, key: string, number: number, body: Buffer): string {
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    this.#upload(id, bucket, key).parts.set(number, { body, etag });
    return etag;
  }

  /**
   * Joins the named parts, which must be in ascending order.
   *
   * @throws AwsError NoSuchUpload, InvalidPart, InvalidPartOrder or EntityTooSmall.
   */
  complete(
    id: string,
    bucket: string,
    key: string,
    named: readonly CompletedPart[],
  ): { readonly body: Buffer; readonly metadata: ObjectMetadata } {
    const upload = this.#upload(id, bucket, key);
    const parts = named.map(({ number, etag }, index) => {
      const part = upload.parts.get(number);
      if (!part || unquoted(part.etag) !== unquoted(etag)) {
        throw new AwsError('InvalidPart', `Part ${number} could not be found, or its entity tag differs.`);
      }
      if (index > 0 && named[index - 1]!.number >= number) {
        throw new AwsError('InvalidPartOrder', 'The list of parts was not in ascending order.');
      }
      if (index < named.length - 1 && part.body.length < SMALLEST_PART) {
        throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
      }
      return part;
    });
    this.#uploads.delete(id);
    const digest = createHash('md5');
    for (const part of parts) digest.update(Buffer.from(unquoted(part.etag), 'hex'));
    return {
      body: Buffer.concat(parts.map((part) => part.body)),
      metadata: { ...upload.metadata, etag: `"${digest.digest('hex')}-${parts.length}"` },
    };
  }

  /** @throws AwsError NoSuchUpload. */
  abort(id: string, bucket: string, key: string): void {
    this.#upload(id, bucket, key);
    this.#uploads.delete(id);
  }

  #upload(id: string, bucket: string, key: string): MultipartUpload {
    const upload = this.#uploads.get(id);
    if (!upload || upload.bucket !== bucket || upload.key !== key) {
      throw new AwsError('NoSuchUpload', 'The specified multipart upload does not exist.', 404);
    }
    return upload;
  }
}

function unquoted(etag: string): string {
  return etag.replaceAll('"', '');
}
