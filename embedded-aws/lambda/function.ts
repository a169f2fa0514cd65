import type { Alias } from './alias';
import type { CodePackage } from './code-store';
import type { FunctionConfiguration } from './function-configuration';
import type { PermissionStatement } from './permission';

/** `$LATEST` or a published version as it stands: never changed, only replaced. */
export interface FunctionVersion {
  readonly functionName: string;
  /** `$LATEST` or a whole number. */
  readonly version: string;
  readonly configuration: FunctionConfiguration;
  readonly code: CodePackage;
  /** Milliseconds since the epoch. */
  readonly lastModified: number;
  readonly revisionId: string;
}

/** A function with all that hangs on it. */
export interface LambdaFunction {
  readonly name: string;
  /** What is published next; also what runs when nobody says which version. */
  latest: FunctionVersion;
  /** By version number. */
  readonly versions: Map<string, FunctionVersion>;
  readonly aliases: Map<string, Alias>;
  /** Resource policies by qualifier; the one without qualifier under the empty text. */
  readonly policies: Map<string, PermissionStatement[]>;
  tags: Readonly<Record<string, string>>;
  /**
   * Invocations at a time.
   *
   * @default - No limit.
   */
  reservedConcurrency: number | undefined;
  /** What was published last; publishing the same again gives the same version. */
  published: { readonly fingerprint: string; readonly version: string } | undefined;
}

/** @returns Text that is equal for two versions exactly if Lambda would not publish the later one. */
export function fingerprint(version: FunctionVersion): string {
  return JSON.stringify([version.code.sha256, version.configuration]);
}
