/** A part of the product: a folder of the repository's root. */
interface Part {
  readonly name: string;
  readonly description: string;
  /** The other parts that it may import, types included. */
  readonly mayImport: readonly string[];
  /**
   * Depth of its folders. With it, imports are linted by their exact distance (`../../service/**`), because a folder inside of
   * this part, or of one that it may import, has the name of another part, or any name.
   *
   * @default - imports are linted at any distance
   */
  readonly depth?: number;
}

/**
 * Which part may import which. This is the one place where it is declared: biome.json's restrictions are compared with it,
 * and the table in docs/architecture.md is drawn from it and from the imports.
 */
export const PARTS: readonly Part[] = [
  {
    name: 'bin',
    description: "starts things: the CDK app, the commands, the Lambda functions' entry points",
    mayImport: ['lib', 'rehearsal', 'release', 'preflight', 'embedded-aws', 'aws-rules', 'cli', 'canary-guard'],
    depth: 1,
  },
  {
    name: 'benchmark',
    description: '`npm run bench:safety`: many releases in one process, to compare canary configurations',
    mayImport: ['rehearsal', 'release', 'preflight', 'embedded-aws', 'aws-rules', 'cli', 'canary-guard'],
  },
  {
    name: 'lib',
    description: 'the pipeline, as CDK constructs',
    mayImport: ['release', 'aws-rules'],
    depth: 2,
  },
  {
    name: 'rehearsal',
    description: '`npm run rehearse`: runs the synthesised pipeline against the embedded AWS',
    mayImport: ['release', 'preflight', 'embedded-aws', 'aws-rules', 'cli'],
  },
  {
    name: 'release',
    description:
      'a release before, during and after `sls deploy`: prepare, collect, judge, record, render, notify, watch',
    mayImport: ['aws-rules', 'cli'],
  },
  {
    name: 'preflight',
    description:
      '`npm run preflight`: which faults of a packaged service its canaries can catch, before it is deployed',
    mayImport: ['aws-rules', 'cli'],
  },
  {
    name: 'embedded-aws',
    description: 'the AWS services that a release needs, in one process and in virtual time',
    mayImport: ['aws-rules'],
  },
  {
    name: 'canary-guard',
    description: 'the package `serverless-canary-guard`: the plugin for Serverless, and the traffic hooks',
    mayImport: [],
  },
  {
    name: 'aws-rules',
    description: 'rules of AWS that several parts compute with, each implemented once',
    mayImport: [],
  },
  { name: 'cli', description: 'one frame for all commands: options, usage text, mistakes, exit status', mayImport: [] },
  {
    name: 'service',
    description: "the sample service: a user's own code",
    mayImport: ['canary-guard'],
    depth: 3,
  },
];

/** Name under which canary-guard is imported as a package. */
export const PACKAGE_NAMES: Readonly<Record<string, string>> = { 'serverless-canary-guard': 'canary-guard' };

/** Folders that no part may import: the tests. */
const TESTS = 'test';

/** @returns the name of the rule that holds a part's imports */
export function ruleOf({ name, mayImport }: Part): string {
  return `${name} → ${mayImport.join(', ') || 'nothing'}`;
}

/** An override of biome.json. */
export interface LinterOverride {
  readonly includes: readonly string[];
  readonly linter: { readonly rules: { readonly style: { readonly noRestrictedImports: unknown } } };
}

/** @returns the overrides in biome.json that restrict imports */
export function linterOverrides(): readonly LinterOverride[] {
  return PARTS.flatMap((part) => {
    const forbidden = [...PARTS.map(({ name }) => name), TESTS].filter(
      (name) => name !== part.name && !part.mayImport.includes(name),
    );
    const packages = Object.entries(PACKAGE_NAMES)
      .filter(([, name]) => forbidden.includes(name))
      .flatMap(([name]) => [name, `${name}/**`]);
    if (part.depth === undefined) {
      const group = [...forbidden.map((name) => `../**/${name}/**`), ...packages];
      return [override(part, `${part.name}/**`, group)];
    }
    return Array.from({ length: part.depth }, (_, level) => {
      const out = '../'.repeat(level + 1);
      // A user's service imports nothing of the repository by path: not even a folder that is unknown here.
      const paths = part.name === 'service' ? [`${out}**`] : forbidden.map((name) => `${out}${name}/**`);
      return override(part, `${part.name}/${'*/'.repeat(level)}*`, [...paths, ...packages]);
    });
  });
}

function override(part: Part, include: string, group: readonly string[]): LinterOverride {
  const what = part.mayImport.length === 0 ? 'no other part' : `no part but ${part.mayImport.join(', ')}`;
  const message = `Rule '${ruleOf(part)}' of test/edges.ts: ${part.name} imports ${what}.`;
  return {
    includes: [include],
    linter: {
      rules: { style: { noRestrictedImports: { level: 'error', options: { patterns: [{ group, message }] } } } },
    },
  };
}
