/** A response to a client, before API Gateway adds its own headers. */
export interface ProxyResponse {
  readonly status: number;
  /** Values by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Values of `set-cookie` headers. */
  readonly cookies: readonly string[];
  readonly body: Buffer;
}

/**
 * Reads the result of a function in payload format 2.0: an object with a status code is the response; anything else is
 * the JSON body of a 200 (API Gateway developer guide, "Lambda function response for format 2.0").
 *
 * @param payload JSON text.
 * @returns The response; undefined for a result that API Gateway cannot read, for which the client receives a 500.
 */
export function readProxyResponse(payload: string): ProxyResponse | undefined {
  let returned: unknown;
  try {
    returned = JSON.parse(payload);
  } catch {
    return undefined;
  }
  if (!isObject(returned) || returned.statusCode === undefined) {
    const body = Buffer.from(typeof returned === 'string' ? returned : payload);
    return { status: 200, headers: { 'content-type': 'application/json' }, cookies: [], body };
  }
  const { statusCode, headers = {}, cookies = [], body = '', isBase64Encoded = false } = returned;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  if (!isObject(headers) || !Array.isArray(cookies) || typeof body !== 'string') return undefined;
  return {
    status,
    headers: {
      'content-type': 'text/plain;charset=UTF-8',
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)])),
    },
    cookies: cookies.map(String),
    body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
  };
}

/** @returns A response of API Gateway itself. */
export function gatewayResponse(status: number, message: string): ProxyResponse {
  const body = Buffer.from(JSON.stringify({ message }));
  return { status, headers: { 'content-type': 'application/json' }, cookies: [], body };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
