import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { circlesIn, importsOf } from './imports';

const repository = mkdtempSync(join(tmpdir(), 'imports-'));
afterAll(() => rmSync(repository, { recursive: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), text);
  }
}

test('every way to import is read, with what is left of it at run time', () => {
  write({
    'shop/order.ts': '',
    'shop/prices/index.ts': '',
    'app/deep/main.ts': `
      import { order } from '../../shop/order';
      import '../../shop/prices';
      import type { Order } from '../../shop/order';
      import { type Order as Same } from '../../shop/order';
      export { order as again } from '../../shop/order';
      export type * from '../../shop/order';
      import fs = require('../../shop/order');
      import { readFileSync } from 'node:fs';
      const late = () => import('../../shop/order');
      const late2 = () => require('../../shop/order');
      type Late = import('../../shop/order').Order;
      // import { comment } from '../../shop/comment';
    `,
    'app/plugin.js': "const { guard } = require('@acme/guard/hooks');",
    'app/node_modules/other/index.js': "require('../../../shop/order')",
  });
  const read = importsOf(repository, 'app', { '@acme/guard': 'guard' }).map(
    ({ file, specifier, target, typeOnly }) => `${file} ${specifier} ${target} ${typeOnly ? 'type' : 'value'}`,
  );
  const order = 'app/deep/main.ts ../../shop/order shop/order.ts';
  expect(read.sort()).toEqual(
    [
      ...Array.from({ length: 5 }, () => `${order} value`),
      ...Array.from({ length: 4 }, () => `${order} type`),
      'app/deep/main.ts ../../shop/prices shop/prices/index.ts value',
      'app/deep/main.ts node:fs undefined value',
      'app/plugin.js @acme/guard/hooks guard/hooks value',
    ].sort(),
  );
});

test('circles are found, and what only leads to one is not part of it', () => {
  const imports = ['a b', 'b c', 'c a', 'd a', 'c e', 'f f', 'g h', 'h g'].map((pair) => {
    const [file, target] = pair.split(' ') as [string, string];
    return { file, target, specifier: `./${target}`, typeOnly: false };
  });
  expect(circlesIn(imports)).toEqual([
    ['a', 'b', 'c'],
    ['g', 'h'],
  ]);
});
