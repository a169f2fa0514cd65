import { hello } from '../handler';

const context = { functionVersion: '7' };

test('hello greets the world, and names the version that answered in body and header', async () => {
  expect(await hello({}, context)).toEqual({
    statusCode: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', 'x-function-version': '7' },
    body: '{"message":"Hello, world!","version":"7"}',
  });
});

test('hello greets by name', async () => {
  const { body } = await hello({ queryStringParameters: { name: ' Ada ' } }, context);
  expect(JSON.parse(body!).message).toBe('Hello, Ada!');
});

test('hello greets the world if the name is blank', async () => {
  const { body } = await hello({ queryStringParameters: { name: ' ' } }, context);
  expect(JSON.parse(body!).message).toBe('Hello, world!');
});

test.each([
  [64, 200],
  [65, 400],
])('hello answers a name of %i characters with %i', async (length, status) => {
  expect(await hello({ queryStringParameters: { name: 'a'.repeat(length) } }, context)).toMatchObject({
    statusCode: status,
    headers: { 'x-function-version': '7' },
  });
});
