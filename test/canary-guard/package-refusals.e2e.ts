import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Packaged, packageService, removeDirectories } from '../support/package-service';

afterAll(removeDirectories);

describe('a service that cannot work', () => {
  const fixture = (name: string) => join(__dirname, 'fixtures', name);
  let refused: Record<string, Packaged>;
  beforeAll(async () => {
    const [settings, template] = await Promise.all([
      packageService(fixture('invalid-settings')),
      packageService(fixture('invalid-template')),
    ]);
    refused = { 'invalid-settings': settings, 'invalid-template': template };
  });

  test.each([
    ['its settings', 'invalid-settings'],
    ['the template that it makes', 'invalid-template'],
  ])('is refused with every problem of %s at once', (_, name) => {
    const { exitCode, stdout } = refused[name]!;
    expect(exitCode).toBe(1);
    expect(stdout).toBe(readFileSync(join(fixture(name), 'message.txt'), 'utf8'));
  });
});
