import { readFileSync } from 'node:fs';
import { z } from 'zod';

const Resource = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  UpdatePolicy: z.record(z.string(), z.unknown()).optional(),
});

const Template = z.looseObject({
  Resources: z.record(z.string(), Resource),
  Parameters: z.record(z.string(), z.unknown()).default({}),
});

/** A CloudFormation template in JSON, with its intrinsic functions. */
export type Template = z.infer<typeof Template>;
/** A resource of a template. */
export type Resource = z.infer<typeof Resource>;

/**
 * Reads a template from a file.
 *
 * @throws Error with the file and every mistake in it.
 */
export function readTemplate(file: string): Template {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`cannot read the template '${file}': ${(cause as Error).message}`, { cause });
  }
  return asTemplate(content, `'${file}'`);
}

/**
 * Validates a template.
 *
 * @param name Where the template comes from, for the error message.
 * @throws Error with that name and every mistake in the template.
 */
export function asTemplate(content: unknown, name: string): Template {
  const template = Template.safeParse(content);
  if (template.success) return template.data;
  throw new Error(`${name} is not a CloudFormation template:\n${z.prettifyError(template.error)}`);
}

/** @returns The resources of these types with their logical ids, in the order of the template. */
export function resourcesOf(template: Template, ...types: readonly string[]): readonly (readonly [string, Resource])[] {
  return Object.entries(template.Resources).filter(([, { Type }]) => types.includes(Type));
}

/** @returns The property at a path below a value, undefined where there is none. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner && typeof inner === 'object' ? (inner as Record<string | number, unknown>)[key] : undefined),
    value,
  );
}

/** @returns The list itself, a list of a single value, or an empty list for nothing. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
