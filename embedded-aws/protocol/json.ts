import { cbor, dateToTag } from '@smithy/core/cbor';
import { AwsError, asAwsError } from '../errors';
import {
  type ApiRequest,
  type ApiResponse,
  type AuthorizedOperations,
  type DenialForm,
  perform,
  type ServiceApi,
  supportedOperations,
} from './api';

interface JsonApiProps extends AuthorizedOperations {
  /** Prefix of the operation's name in `x-amz-target`, e.g. `CodeDeploy_20141006`. */
  readonly target: string;
  readonly version: '1.0' | '1.1';
}

const DENIAL: DenialForm = { code: 'AccessDeniedException', status: 400 };

/**
 * Makes the API of a service that uses AWS JSON: the operation is named in a header, bodies are JSON, timestamps are
 * seconds since the epoch. Clients of Smithy's RPC v2 (CloudWatch) are served in CBOR, with the operation in the path.
 */
export function jsonApi({ target, version, ...api }: JsonApiProps): ServiceApi {
  return {
    signingName: api.signingName,
    operations: supportedOperations(api),
    async handle(request: ApiRequest): Promise<ApiResponse> {
      const binary = request.headers['smithy-protocol'] === 'rpc-v2-cbor';
      const headers: Record<string, string> = binary
        ? { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' }
        : { 'content-type': `application/x-amz-json-${version}` };
      try {
        const name = binary ? fromPath(request.path, target) : fromTarget(request.headers['x-amz-target'], target);
        const input = binary ? readCbor(request.body) : JSON.parse(request.body.toString('utf8') || '{}');
        const output = await perform(api, name, input, request, DENIAL);
        return { status: 200, headers, body: binary ? writeCbor(output) : writeJson(output) };
      } catch (thrown) {
        const error = asAwsError(thrown);
        const answer = { __type: error.code, message: error.message };
        headers['x-amzn-errortype'] = error.code;
        return { status: error.status, headers, body: binary ? writeCbor(answer) : writeJson(answer) };
      }
    },
  };
}

/** @returns JSON with timestamps as seconds since the epoch. */
export function writeJson(value: unknown): string {
  return JSON.stringify(replaceDates(value, (date) => date.getTime() / 1000)) ?? '{}';
}

function readCbor(body: Buffer): Record<string, unknown> {
  return body.length === 0 ? {} : cbor.deserialize(body);
}

function writeCbor(value: unknown): Buffer {
  return Buffer.from(cbor.serialize(replaceDates(value, dateToTag)));
}

function replaceDates(value: unknown, replace: (date: Date) => unknown): unknown {
  if (value instanceof Date) return replace(value);
  if (Array.isArray(value)) return value.map((item) => replaceDates(item, replace));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => [key, replaceDates(member, replace)]),
    );
  }
  return value;
}

function fromTarget(header: string | undefined, target: string): string {
  const [prefix, name] = (header ?? '').split('.');
  if (prefix !== target || !name) {
    throw new AwsError(
      'UnknownOperationException',
      `x-amz-target is '${header ?? ''}', expected '${target}.<operation>'`,
    );
  }
  return name;
}

/** Reads a path such as `/service/GraniteServiceVersion20100801/operation/DescribeAlarms`. */
function fromPath(path: string, target: string): string {
  const [, , service, , name] = path.split('/');
  if (service !== target || !name) {
    throw new AwsError(
      'UnknownOperationException',
      `the path is '${path}', expected '/service/${target}/operation/<name>'`,
    );
  }
  return name;
}
