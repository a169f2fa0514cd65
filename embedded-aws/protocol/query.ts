import { XMLBuilder } from 'fast-xml-parser';
import { type AwsError, asAwsError } from '../errors';
import {
  type ApiRequest,
  type ApiResponse,
  type AuthorizedOperations,
  type DenialForm,
  perform,
  REQUEST_ID,
  type ServiceApi,
  supportedOperations,
} from './api';
import type { Input } from './input';

interface QueryApiProps extends AuthorizedOperations {
  /** Namespace of its responses, e.g. `http://cloudformation.amazonaws.com/doc/2010-05-15/`. */
  readonly xmlNamespace: string;
}

const DENIAL: DenialForm = { code: 'AccessDenied', status: 403 };

const builder = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: true });

/**
 * Makes the API of a service that uses the Query protocol: form-encoded requests with dotted names, responses in XML
 * (STS, CloudFormation, IAM, SNS, older CloudWatch clients).
 */
export function queryApi({ xmlNamespace, ...api }: QueryApiProps): ServiceApi {
  return {
    signingName: api.signingName,
    operations: supportedOperations(api),
    async handle(request: ApiRequest): Promise<ApiResponse> {
      const form = new URLSearchParams(request.body.toString('utf8') || request.query.toString());
      const action = form.get('Action') ?? '';
      const requestId = request.headers['amz-sdk-invocation-id'] ?? REQUEST_ID;
      try {
        const output = await perform(api, action, nest(form), request, DENIAL);
        const answer = {
          [`${action}Response`]: {
            '@_xmlns': xmlNamespace,
            [`${action}Result`]: toXml(output),
            ResponseMetadata: { RequestId: requestId },
          },
        };
        return { status: 200, headers: { 'content-type': 'text/xml' }, body: builder.build(answer) };
      } catch (thrown) {
        return queryError(asAwsError(thrown), requestId, xmlNamespace);
      }
    },
  };
}

/** @returns An error in the Query protocol's form. */
export function queryError(
  { code, message, status }: Pick<AwsError, 'code' | 'message' | 'status'>,
  requestId: string,
  xmlNamespace?: string,
): ApiResponse {
  const answer = {
    ErrorResponse: {
      ...(xmlNamespace !== undefined && { '@_xmlns': xmlNamespace }),
      Error: { Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: message },
      RequestId: requestId,
    },
  };
  return { status, headers: { 'content-type': 'text/xml' }, body: builder.build(answer) };
}

/** Reads `A.member.1.B=c` as `{ A: [{ B: 'c' }] }`. An empty list is sent as `A=` and read as an empty string. */
export function nest(form: URLSearchParams): Input {
  const root: Input = {};
  for (const [name, value] of form) {
    if (name === 'Action' || name === 'Version') continue;
    const path = name.split('.');
    let node = root;
    path.forEach((part, depth) => {
      if (depth === path.length - 1) node[part] = value;
      else {
        node[part] ??= {};
        node = node[part];
      }
    });
  }
  return collapse(root) as Input;
}

/**
 * Turns `{ member: { 1: a, 2: b } }` into a list and `{ entry: { 1: { key, value } } }` into a map. Some maps have
 * `Name` and `Value` instead.
 */
function collapse(node: unknown): unknown {
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node);
  const [only] = entries;
  if (entries.length === 1 && only && typeof only[1] === 'object') {
    const items = Object.keys(only[1] as object)
      .sort((a, b) => Number(a) - Number(b))
      .map((index) => (only[1] as Input)[index]);
    if (only[0] === 'member') return items.map(collapse);
    if (only[0] === 'entry')
      return Object.fromEntries(items.map((item) => [item.key ?? item.Name, collapse(item.value ?? item.Value)]));
  }
  return Object.fromEntries(entries.map(([key, value]) => [key, collapse(value)]));
}

/** Turns lists into `member` elements and timestamps into ISO 8601; absent members stay absent. */
function toXml(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return { member: value.map(toXml) };
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => [key, toXml(member)]),
    );
  }
  return value;
}
