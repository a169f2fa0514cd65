import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Template } from './template/template';

/** What is live, as far as it is known. */
export type Deployed =
  | { readonly type: 'template'; readonly template: Template }
  /** There is no such stack: no other version will run at the same time as the new one. */
  | { readonly type: 'nothing'; readonly stackName: string; readonly region: string }
  /** It was not read, or cannot be read. */
  | { readonly type: 'unknown'; readonly why: string };

/** The stack that a package is deployed to. */
export interface StackOfPackage {
  readonly stackName: string;
  readonly region: string;
}

/** File that `sls package` writes next to the template. */
const STATE = 'serverless-state.json';

const State = z.looseObject({
  service: z.looseObject({
    service: z.string(),
    provider: z.looseObject({ region: z.string(), stackName: z.string().optional() }),
  }),
  // `prefix/service/stage/time`; `provider.stage` is the default stage, not the packaged one.
  package: z.looseObject({ artifactDirectoryName: z.string().regex(/\/[^/]+\/[^/]+$/) }),
});

/** @throws Error with the file and its mistakes. */
export function stackOfPackage(directory: string): StackOfPackage {
  const file = join(directory, STATE);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`cannot read the stack of the package: ${(cause as Error).message}; write --deployed FILE`);
  }
  const state = State.safeParse(content);
  if (!state.success) throw new Error(`'${file}' does not name a stack:\n${z.prettifyError(state.error)}`);
  const { service, package: packaged } = state.data;
  const stage = packaged.artifactDirectoryName.split('/').at(-2)!;
  return {
    stackName: service.provider.stackName ?? `${service.service}-${stage}`,
    region: service.provider.region,
  };
}
