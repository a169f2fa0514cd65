import { AwsError, Unsupported } from '../errors';
import {
  type ApiRequest,
  type ApiResponse,
  asAwsError,
  type Input,
  type Operation,
  perform,
  type ServiceApi,
} from './api';
import { writeJson } from './json';

/** One call of a REST service. */
export interface Route extends Operation {
  /** e.g. `GET /2015-03-31/functions/{FunctionName}`; a label `{Name+}` takes the rest of the path */
  readonly route: string;
  /** the operation's name, e.g. `GetFunction` */
  readonly name: string;
  /** query parameters by the member they fill, @default each under its own name */
  readonly query?: Readonly<Record<string, string>>;
  /** headers (lower case) by the member they fill, @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** member that takes the whole body as a Buffer, @default the body is a JSON object of members */
  readonly payload?: string;
  /** HTTP status of a success, @default 200 */
  readonly status?: number;
}

/** An operation that answers something else than a JSON object returns this. */
export class RawResponse implements ApiResponse {
  constructor(
    readonly status: number,
    readonly headers: Readonly<Record<string, string>>,
    readonly body: string | Buffer,
  ) {}
}

export interface RestApiProps {
  readonly signingName: string;
  readonly routes: readonly Route[];
}

/** AWS REST-JSON: the operation in method and path, members in labels, query, headers and a JSON body (Lambda, API Gateway). */
export function restApi({ signingName, routes }: RestApiProps): ServiceApi {
  return {
    signingName,
    async handle(request: ApiRequest): Promise<ApiResponse> {
      try {
        for (const route of routes) {
          const labels = match(route.route, request);
          if (!labels) continue;
          const input = { ...members(route, request), ...labels };
          const output = await perform(signingName, { [route.name]: route }, route.name, input, request.caller);
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
  const wanted = template.split('/');
  const given = request.path.replace(/(?<=.)\/$/, '').split('/');
  for (const [index, part] of wanted.entries()) {
    const label = /^\{(\w+)(\+?)\}$/.exec(part);
    if (label?.[2]) {
      labels[label[1]!] = decodeURIComponent(given.slice(index).join('/'));
      return labels;
    }
    if (given[index] === undefined) return undefined;
    if (label) labels[label[1]!] = decodeURIComponent(given[index]);
    else if (part !== given[index]) return undefined;
  }
  return given.length === wanted.length ? labels : undefined;
}

function members(route: Route, request: ApiRequest): Input {
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
