import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import { type ApiResponse, REQUEST_ID } from '../protocol/api';

const builder = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: true });
// Values stay text: the key '007' is not a number.
const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'Object' || name === 'Part' });

/** @returns A response with one root element; an array repeats its element, a `Date` becomes ISO 8601. */
export function xmlResponse(root: string, content: object, status = 200): ApiResponse {
  const body = builder.build({
    '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' },
    [root]: {
      '@_xmlns': 'http://s3.amazonaws.com/doc/2006-03-01/',
      ...(JSON.parse(JSON.stringify(content)) as object),
    },
  });
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

/** @returns An error response, which has no XML namespace. */
export function xmlError(code: string, message: string, resource: string, status: number): ApiResponse {
  const body = builder.build({
    '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' },
    Error: { Code: code, Message: message, Resource: resource, RequestId: REQUEST_ID },
  });
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

/** @returns The content of the root element; `Object` and `Part` are always arrays. */
// biome-ignore lint/suspicious/noExplicitAny: clients decide what they send; every operation checks what it reads
export function readXml(body: Buffer, root: string): Record<string, any> {
  return parser.parse(body.toString('utf8'))[root] ?? {};
}
