import { parse } from 'yaml';
import { z } from 'zod';
import { Refusal, type RefusedPart } from '../refusal';

/** The phases that run commands, in order. */
export const PHASES = ['install', 'pre_build', 'build', 'post_build'] as const;
type PhaseName = (typeof PHASES)[number];

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
/** A boolean of YAML, or CodeBuild's `yes` and `no`, which YAML 1.2 reads as text. */
const flag = z
  .union([z.boolean(), z.enum(['yes', 'no'])])
  .transform((value) => value === true || value === 'yes')
  .default(false);
/** A list of commands. A key without value is an empty list. */
const commands = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? []);

const phase = z.strictObject({
  commands,
  finally: commands,
  'on-failure': z.enum(['ABORT', 'CONTINUE']).optional(),
});

const files = {
  files: z.array(z.string()).min(1),
  'base-directory': z.string().default('.'),
  'discard-paths': flag,
};

const artifact = z.strictObject({
  ...files,
  // Ignored, because CodePipeline names the archives itself.
  name: z.string().optional(),
  'exclude-paths': z.array(z.string()).default([]),
});

const buildspec = z.strictObject({
  version: z.union([z.literal(0.2), z.literal('0.2')]),
  env: z
    .strictObject({
      shell: z.enum(['bash', '/bin/sh']).optional(),
      variables: z.record(z.string(), text).default({}),
      'exported-variables': z.array(z.string().regex(/^(?!AWS_)/)).default([]),
    })
    .prefault({}),
  phases: z.strictObject({
    install: phase.extend({ 'runtime-versions': z.record(z.string(), text).default({}) }).optional(),
    pre_build: phase.optional(),
    build: phase.optional(),
    post_build: phase.optional(),
  }),
  reports: z.record(z.string(), z.strictObject({ ...files, 'file-format': z.literal('JUNITXML') })).default({}),
  artifacts: artifact
    .partial({ files: true })
    .extend({ 'secondary-artifacts': z.record(z.string(), artifact).default({}) })
    .prefault({}),
  cache: z
    .strictObject({
      key: z.string().optional(),
      'fallback-keys': z.array(z.string()).max(5).default([]),
      action: z.enum(['restore', 'save']).optional(),
      paths: z.array(z.string()).default([]),
    })
    .prefault({}),
});

/** A buildspec of version 0.2 that a rehearsal can run, with all defaults filled in. */
export type Buildspec = z.output<typeof buildspec>;
export type Phase = NonNullable<Buildspec['phases'][PhaseName]>;
export type ArtifactFiles = z.output<typeof artifact>;

/** Remedies for invalid values, by path. */
const REMEDIES: Readonly<Record<string, string>> = {
  version: 'only 0.2 can be rehearsed; in 0.1, every command runs in a separate shell',
  'env.exported-variables': 'CodeBuild does not export variables whose names begin with AWS_; rename it',
  'cache.fallback-keys': 'CodeBuild allows at most five',
};

/**
 * Reads a buildspec.
 *
 * @param content YAML or JSON.
 * @param subject Name of the buildspec in error messages, e.g. `buildspec.yml of project service-build`.
 * @throws Refusal with everything that a rehearsal does not support.
 */
export function readBuildspec(content: string, subject: string): Buildspec {
  let document: unknown;
  try {
    document = parse(content);
  } catch (error) {
    throw new Refusal(subject, [{ path: '', remedy: `must be YAML: ${(error as Error).message}` }]);
  }
  const result = buildspec.safeParse(document);
  if (result.success) return result.data;
  throw new Refusal(
    subject,
    result.error.issues.flatMap((issue) => problems(issue, document)),
  );
}

function problems(issue: z.core.$ZodIssue, document: unknown): readonly RefusedPart[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key].join('.'),
      value: at(document, [...path, key]),
      remedy: 'not supported by a rehearsal; remove the setting',
    }));
  }
  const known = REMEDIES[path.join('.')] ?? REMEDIES[path.slice(0, -1).join('.')];
  return [{ path: path.join('.'), value: at(document, path), remedy: known ?? allowed(issue) }];
}

function allowed(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return `must be ${issue.values.map(String).join(' or ')}`;
  if (issue.code === 'invalid_type')
    return `must be ${issue.expected === 'record' ? 'a mapping' : `of type ${issue.expected}`}`;
  return issue.message.toLowerCase();
}

function at(document: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);
}
