import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Template } from './template/template';

/** What is live, as far as anybody knows. */
export type Deployed =
  | { readonly type: 'template'; readonly template: Template }
  /** There is no such stack, so that no version serves beside the new one. */
  | { readonly type: 'nothing'; readonly stackName: string; readonly region: string }
  /** Nobody asked, or it cannot be had. */
  | { readonly type: 'unknown'; readonly why: string };

/** The stack that a package is deployed to. */
export interface StackOfPackage {
  readonly stackName: string;
  readonly region: string;
}

/** What `sls package` leaves beside the template. */
const STATE = 'serverless-state.json';

const State = z.looseObject({
  service: z.looseObject({
    service: z.string(),
    provider: z.looseObject({ region: z.string(), stackName: z.string().optional() }),
  }),
  // `prefix/service/stage/time`; `provider.stage` holds the default, whatever was packaged.
  package: z.looseObject({ artifactDirectoryName: z.string().regex(/\/[^/]+\/[^/]+$/) }),
});

/** @throws Error that names the file and what is wrong with it */
export function stackOfPackage(directory: string): StackOfPackage {
  const file = join(directory, STATE);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(
      `which stack the package belongs to is not known: ${(cause as Error).message}; write --deployed FILE`,
    );
  }
  const state = State.safeParse(content);
  if (!state.success) throw new Error(`'${file}' names no stack:\n${z.prettifyError(state.error)}`);
  const { service, package: packaged } = state.data;
  const stage = packaged.artifactDirectoryName.split('/').at(-2)!;
  return {
    stackName: service.provider.stackName ?? `${service.service}-${stage}`,
    region: service.provider.region,
  };
}
