import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsError, Unsupported } from '../errors';

/** Body of an upload, decoded and with verified checksums. */
interface UploadBody {
  readonly bytes: Buffer;
  /** Checksums by header name, as sent. */
  readonly checksums: Readonly<Record<string, string>>;
}

/** Checksum functions by the name of the header that holds the checksum. */
const ALGORITHMS: Readonly<Record<string, (bytes: Buffer) => string>> = {
  'x-amz-checksum-crc32': (bytes) => {
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(bytes));
    return sum.toString('base64');
  },
  'x-amz-checksum-sha1': (bytes) => createHash('sha1').update(bytes).digest('base64'),
  'x-amz-checksum-sha256': (bytes) => createHash('sha256').update(bytes).digest('base64'),
};

/**
 * Reads the body that an SDK uploads: plain, or `aws-chunked` with the checksum in a trailer.
 *
 * @throws AwsError BadDigest when bytes and checksum differ; Unsupported for CRC32C and CRC64NVME checksums.
 */
export function readUpload(headers: Readonly<Record<string, string>>, body: Buffer): UploadBody {
  const chunked = (headers['content-encoding'] ?? '').split(',').includes('aws-chunked');
  const { bytes, trailers } = chunked ? dechunk(body) : { bytes: body, trailers: {} };
  const expected = headers['x-amz-decoded-content-length'];
  if (expected !== undefined && Number(expected) !== bytes.length) {
    throw new AwsError(
      'IncompleteBody',
      `the body has ${bytes.length} bytes, but x-amz-decoded-content-length is ${expected}`,
    );
  }
  const checksums = Object.fromEntries(
    Object.entries({ ...headers, ...trailers }).filter(([name]) =>
      /^x-amz-checksum-(?!mode$|type$|algorithm$)/.test(name),
    ),
  );
  for (const [name, sent] of Object.entries(checksums)) {
    const compute = ALGORITHMS[name];
    if (!compute) throw new Unsupported(`s3: ${name}`, 'send CRC32, SHA-1 or SHA-256');
    if (compute(bytes) !== sent) {
      throw new AwsError('BadDigest', `The ${name} you specified did not match the calculated checksum.`);
    }
  }
  const md5 = headers['content-md5'];
  if (md5 !== undefined && md5 !== createHash('md5').update(bytes).digest('base64')) {
    throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  return { bytes, checksums };
}

/**
 * Decodes `aws-chunked`: chunks of `<hex size>[;chunk-signature=…]` and the bytes, until a chunk of size 0, then the
 * trailers (S3 API reference, "Signature calculations: transferring payload in multiple chunks"). Signatures are not
 * verified.
 */
function dechunk(body: Buffer): { bytes: Buffer; trailers: Record<string, string> } {
  const chunks: Buffer[] = [];
  let offset = 0;
  for (;;) {
    const end = body.indexOf('\r\n', offset);
    const size = Number.parseInt(body.toString('latin1', offset, end), 16);
    if (end < 0 || Number.isNaN(size)) throw new AwsError('IncompleteBody', 'the aws-chunked body ends early');
    offset = end + 2;
    if (size === 0) break;
    chunks.push(body.subarray(offset, offset + size));
    offset += size + 2;
  }
  const trailers: Record<string, string> = {};
  for (const line of body.toString('latin1', offset).split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) trailers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { bytes: Buffer.concat(chunks), trailers };
}
