/** What a client is answered, before API Gateway's own headers. */
export interface ProxyResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** One `set-cookie` header each. */
  readonly cookies: readonly string[];
  readonly body: Buffer;
}

/**
 * Reads what a function returned as payload format 2.0 does: an object with a status code is the response; anything
 * else is the body of a 200 in JSON (API Gateway developer guide, "Lambda function response for format 2.0").
 *
 * @param payload JSON text.
 * @returns Undefined for what API Gateway cannot read, which the client meets as a 500.
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

/** @returns An answer of API Gateway itself. */
export function gatewayResponse(status: number, message: string): ProxyResponse {
  const body = Buffer.from(JSON.stringify({ message }));
  return { status, headers: { 'content-type': 'application/json' }, cookies: [], body };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
