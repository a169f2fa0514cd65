import type { AccessRules } from '../access/need';
import { AwsError, asAwsError, Unsupported } from '../errors';
import {
  type ApiRequest,
  type ApiResponse,
  type DenialForm,
  joinAccess,
  type Operation,
  perform,
  type ServiceApi,
} from './api';
import type { Input } from './input';
import { writeJson } from './json';

/** An operation of a REST service. */
export interface RestRoute extends Operation {
  /**
   * Method and path, e.g. `GET /2015-03-31/functions/{FunctionName}`; a label `{Name+}` matches the rest of the path.
   */
  readonly route: string;
  /** AWS's name of the operation, e.g. `GetFunction`. */
  readonly name: string;
  /**
   * Members by the name of the query parameter that holds them.
   *
   * @default - Every parameter holds the member of its own name.
   */
  readonly query?: Readonly<Record<string, string>>;
  /**
   * Members by the lower-case name of the header that holds them.
   *
   * @default - No member is in a header.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Member that is the whole body, as a Buffer.
   *
   * @default - The body is a JSON object of members.
   */
  readonly payload?: string;
  /**
   * HTTP status of a success.
   *
   * @default 200
   */
  readonly status?: number;
}

/** Response of an operation that does not send a JSON object. */
export class RawResponse implements ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;

  constructor(status: number, headers: Readonly<Record<string, string>>, body: string | Buffer) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

interface RestApiProps {
  readonly signingName: string;
  readonly routes: readonly RestRoute[];
  /** Rules for exactly the operations of the routes. */
  readonly access: AccessRules;
}

const DENIAL: DenialForm = { code: 'AccessDeniedException', status: 403 };

/**
 * Makes the API of a service that uses REST-JSON: method and path name the operation; its members are in the path, the
 * query, headers and a JSON body (Lambda, API Gateway).
 */
export function restApi({ signingName, routes, access }: RestApiProps): ServiceApi {
  return {
    signingName,
    operations: joinAccess(
      signingName,
      routes.map(({ name, accepts }) => ({ name, accepts })),
      access,
    ),
    async handle(request: ApiRequest): Promise<ApiResponse> {
      try {
        for (const route of routes) {
          const labels = match(route.route, request);
          if (!labels) continue;
          const input = { ...members(route, request), ...labels };
          const operations = { [route.name]: route };
          const output = await perform({ signingName, operations, access }, route.name, input, request, DENIAL);
          if (output instanceof RawResponse) return output;
          const headers = { 'content-type': 'application/json' };
          return { status: route.status ?? 200, headers, body: route.status === 204 ? '' : writeJson(output) };
        }
        throw new Unsupported(`${signingName}: ${request.method} ${request.path}`);
      } catch (thrown) {
        const error = asAwsError(thrown);
        return {
          status: error.status,
          headers: { 'content-type': 'application/json', 'x-amzn-errortype': error.code },
          body: JSON.stringify({
            Type: error.status < 500 ? 'User' : 'Service',
            message: error.message,
            Message: error.message,
          }),
        };
      }
    },
  };
}

function match(route: string, request: ApiRequest): Input | undefined {
  const [method, template = ''] = route.split(' ');
  if (method !== request.method) return undefined;
  const labels: Input = {};
  const parts = template.split('/');
  const segments = request.path.replace(/(?<=.)\/$/, '').split('/');
  for (const [index, part] of parts.entries()) {
    const label = /^\{(\w+)(\+?)\}$/.exec(part);
    if (label?.[2]) {
      labels[label[1]!] = decodeURIComponent(segments.slice(index).join('/'));
      return labels;
    }
    if (segments[index] === undefined) return undefined;
    if (label) labels[label[1]!] = decodeURIComponent(segments[index]);
    else if (part !== segments[index]) return undefined;
  }
  return segments.length === parts.length ? labels : undefined;
}

function members(route: RestRoute, request: ApiRequest): Input {
  const input: Input = {};
  for (const [name, value] of request.query) input[route.query?.[name] ?? name] = value;
  for (const [name, member] of Object.entries(route.headers ?? {})) {
    if (request.headers[name] !== undefined) input[member] = request.headers[name];
  }
  if (route.payload) return { ...input, [route.payload]: request.body };
  if (request.body.length === 0) return input;
  try {
    return { ...input, ...JSON.parse(request.body.toString('utf8')) };
  } catch (error) {
    throw new AwsError('InvalidRequestContentException', `the body is not JSON: ${(error as Error).message}`);
  }
}
