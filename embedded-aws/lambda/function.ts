import type { Alias } from './alias';
import type { CodePackage } from './code-store';
import type { FunctionConfiguration } from './function-configuration';
import type { PermissionStatement } from './permission';

/** `$LATEST` or a published version as it stands: never changed, only replaced. */
export interface FunctionVersion {
  readonly functionName: string;
  /** `$LATEST` or a whole number */
  readonly version: string;
  readonly configuration: FunctionConfiguration;
  readonly code: CodePackage;
  /** milliseconds since the epoch */
  readonly lastModified: number;
  readonly revisionId: string;
}

/** A function with all that hangs on it. */
export interface LambdaFunction {
  readonly name: string;
  /** what is published next; also what runs when nobody says which version */
  latest: FunctionVersion;
  /** by version number */
  readonly versions: Map<string, FunctionVersion>;
  readonly aliases: Map<string, Alias>;
  /** resource policies by qualifier; the one without qualifier under the empty text */
  readonly policies: Map<string, PermissionStatement[]>;
  tags: Readonly<Record<string, string>>;
  /** invocations at a time, @default no limit */
  reservedConcurrency: number | undefined;
  /** what was published last; publishing the same again gives the same version */
  published: { readonly fingerprint: string; readonly version: string } | undefined;
}

/** @returns text that is equal for two versions exactly if Lambda would not publish the later one */
export function fingerprint(version: FunctionVersion): string {
  return JSON.stringify([version.code.sha256, version.configuration]);
}
