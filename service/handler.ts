import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';

const NAME_LIMIT = 64;

/** `GET /hello?name=…`: greets. The answer names the version, so that `curl` in a loop shows the traffic shifting. */
export async function hello(
  event: Pick<APIGatewayProxyEventV2, 'queryStringParameters'>,
  context: Pick<Context, 'functionVersion'>,
): Promise<APIGatewayProxyStructuredResultV2> {
  const name = event.queryStringParameters?.name?.trim() || 'world';
  return name.length > NAME_LIMIT
    ? respond(400, `a name has at most ${NAME_LIMIT} characters`)
    : respond(200, `Hello, ${name}!`);

  function respond(statusCode: number, message: string): APIGatewayProxyStructuredResultV2 {
    const version = context.functionVersion;
    return {
      statusCode,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store', 'x-function-version': version },
      body: JSON.stringify({ message, version }),
    };
  }
}
