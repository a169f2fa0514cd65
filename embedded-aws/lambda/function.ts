import type { CodePackage } from './code-store';
import type { FunctionConfiguration } from './function-configuration';
import type { AliasState } from './invocation';
import type { PermissionStatement } from './permission';

/** `$LATEST` or a published version. Immutable: a change makes another one. */
export interface FunctionVersion {
  readonly functionName: string;
  /** Version number, or `$LATEST`. */
  readonly version: string;
  readonly configuration: FunctionConfiguration;
  readonly code: CodePackage;
  /** Milliseconds since the epoch. */
  readonly lastModified: number;
  readonly revisionId: string;
}

/** An alias: a name for one version of a function, or for two versions that share its traffic. */
export interface Alias {
  readonly name: string;
  readonly description: string;
  readonly state: AliasState;
  readonly revisionId: string;
}

/** A function with its versions, aliases and policies. */
export interface LambdaFunction {
  readonly name: string;
  /** `$LATEST`: the code and configuration that the next version is published from. */
  latest: FunctionVersion;
  /** Published versions by number. */
  readonly versions: Map<string, FunctionVersion>;
  readonly aliases: Map<string, Alias>;
  /** Resource policies by qualifier; empty text for the policy without a qualifier. */
  readonly policies: Map<string, PermissionStatement[]>;
  tags: Readonly<Record<string, string>>;
  /** Reserved concurrency; undefined without a limit. */
  reservedConcurrency: number | undefined;
  /** The last publication; publishing the same again returns the same version. */
  published: { readonly fingerprint: string; readonly version: string } | undefined;
}

/** @returns Text that is equal for two versions exactly when Lambda would not publish the later one. */
export function fingerprint(version: FunctionVersion): string {
  return JSON.stringify([version.code.sha256, version.configuration]);
}
