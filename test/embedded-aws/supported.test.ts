import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '../../embedded-aws/clock';
import { Random } from '../../embedded-aws/random';
import { describeSupport, type SupportedService } from '../../embedded-aws/supported';
import { World } from '../../embedded-aws/world';

const ROOT = join(__dirname, '../..');
const PAGE = join(ROOT, 'docs/fidelity.md');
const BEGIN =
  '<!-- supported services: written by UPDATE_DOCS=1 TEST_SUITE=rehearsal npx jest supported; only the last column is by hand -->';
const END = '<!-- end of the supported services -->';

let support: readonly SupportedService[];
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'supported-'));
  const world = new World({ clock: new VirtualClock(new Date(0)), random: new Random(1), directory });
  support = describeSupport(world.region({ accountId: '111122223333', region: 'eu-central-1' }));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Text of docs/fidelity.md before, between and after the two markers. */
function readPage(): { readonly before: string; readonly block: string; readonly after: string } {
  const page = readFileSync(PAGE, 'utf8');
  const begin = page.indexOf(BEGIN) + BEGIN.length;
  const end = page.indexOf(END);
  if (begin < BEGIN.length || end < begin) throw new Error(`docs/fidelity.md has no part between ${BEGIN} and ${END}`);
  return { before: page.slice(0, begin), block: page.slice(begin, end), after: page.slice(end) };
}

/** Last column of the services' table, by folder: it is written by hand, so it is read from the page and kept. */
function readNotes(block: string): ReadonlyMap<string, string> {
  const rows = block.matchAll(/^\| \[[^\]]+\]\(\.\.\/embedded-aws\/([^/]+)\/contract\.md\).*\| ([^|]*) \|$/gm);
  return new Map([...rows].map(([, folder = '', note = '']) => [folder, note]));
}

function render(services: readonly SupportedService[], notes: ReadonlyMap<string, string>): string {
  const types = services.flatMap(({ resourceTypes }) => resourceTypes);
  return `
| service (signing name) | calls | resource types | not supported, for example |
|---|---|---|---|
${services.map((service) => renderService(service, notes.get(service.folder) ?? '')).join('\n')}

<details><summary>Properties that each resource type accepts</summary>

| resource type | properties |
|---|---|
${types.map(({ type, accepts }) => `| \`${type}\` | ${[...accepts].sort().join(', ')} |`).join('\n')}

</details>

`;
}

function renderService({ folder, signingName, operations, resourceTypes }: SupportedService, note: string): string {
  const [, title] = /^# (.+)$/m.exec(readFileSync(join(ROOT, 'embedded-aws', folder, 'contract.md'), 'utf8')) ?? [];
  const name = `[${title}](../embedded-aws/${folder}/contract.md)${signingName ? ` (\`${signingName}\`)` : ''}`;
  const calls = operations.map((operation) => operation.name).join(', ') || 'none';
  const prefix = resourceTypes[0]?.type.replace(/\w+$/, '');
  const types = prefix
    ? `\`${prefix}\` ${resourceTypes.map(({ type }) => type.slice(prefix.length)).join(', ')}`
    : 'none';
  return `| ${name} | ${calls} | ${types} | ${note} |`;
}

test('docs/fidelity.md lists the calls and resource types that the services accept', () => {
  const { before, block, after } = readPage();
  const rendered = render(support, readNotes(block));
  if (process.env.UPDATE_DOCS) writeFileSync(PAGE, before + rendered + after);
  else expect(block).toBe(rendered);
});

test('docs/fidelity.md says of each service what is not supported, and of no other', () => {
  const notes = readNotes(readPage().block);
  const written = [...notes].filter(([, note]) => note !== '').map(([folder]) => folder);
  expect(written.sort()).toEqual(support.map(({ folder }) => folder).sort());
});

test('every folder with a contract is a service of a region', () => {
  const folders = readdirSync(join(ROOT, 'embedded-aws')).filter((name) =>
    existsSync(join(ROOT, 'embedded-aws', name, 'contract.md')),
  );
  expect(support.map(({ folder }) => folder).sort()).toEqual(folders.sort());
});

test('an operation and a resource type are listed with what they accept', () => {
  const codedeploy = support.find(({ folder }) => folder === 'codedeploy');
  expect(codedeploy?.signingName).toBe('codedeploy');
  expect(codedeploy?.operations).toContainEqual({
    name: 'StopDeployment',
    accepts: ['deploymentId', 'autoRollbackEnabled'],
    access: expect.any(Function),
  });
  expect(codedeploy?.resourceTypes).toContainEqual({
    type: 'AWS::CodeDeploy::Application',
    accepts: ['ApplicationName', 'ComputePlatform', 'Tags'],
  });
});
