import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import { AwsError, Unsupported } from '../errors';

/**
 * Change that a deployment makes to a function (CodeDeploy user guide, "AppSpec file structure for AWS Lambda
 * deployments").
 */
export interface AppSpec {
  readonly functionName: string;
  readonly alias: string;
  readonly currentVersion: string;
  readonly targetVersion: string;
  /**
   * Name of the function to run before traffic shifts.
   *
   * @default - None.
   */
  readonly beforeAllowTraffic?: string;
  /**
   * Name of the function to run after traffic has shifted.
   *
   * @default - None.
   */
  readonly afterAllowTraffic?: string;
}

/** AppSpec in the form of a deployment's revision. Revisions that CloudFormation makes have the type `String`. */
export interface Revision {
  readonly type: 'String' | 'AppSpecContent';
  readonly content: string;
  /** SHA-256 of the content, hexadecimal. */
  readonly sha256: string;
}

/** @returns The revision that CloudFormation makes for an alias update, in the form that published hooks parse. */
export function writeAppSpec(spec: AppSpec): Revision {
  const { functionName, alias, currentVersion, targetVersion, beforeAllowTraffic, afterAllowTraffic } = spec;
  const Properties = { Name: functionName, Alias: alias, CurrentVersion: currentVersion, TargetVersion: targetVersion };
  const content = JSON.stringify({
    version: '0.0',
    Resources: [{ [functionName]: { Type: 'AWS::Lambda::Function', Properties } }],
    Hooks: [
      ...(beforeAllowTraffic ? [{ BeforeAllowTraffic: beforeAllowTraffic }] : []),
      ...(afterAllowTraffic ? [{ AfterAllowTraffic: afterAllowTraffic }] : []),
    ],
  });
  return revisionOf('String', content);
}

export function revisionOf(type: Revision['type'], content: string): Revision {
  return { type, content, sha256: createHash('sha256').update(content).digest('hex') };
}

/**
 * Reads an AppSpec in JSON or YAML.
 *
 * @throws AwsError InvalidRevisionException; Unsupported when it has several functions.
 */
export function readAppSpec({ content }: Revision): AppSpec {
  const document = parseDocument(content);
  const resources = (document.Resources ?? []).flatMap(Object.values);
  if (resources.length > 1)
    throw new Unsupported('an AppSpec with several functions', 'create one deployment for each function');
  const { Type: type, Properties: properties } = resources[0] ?? {};
  if (type !== 'AWS::Lambda::Function') throw invalid(`its resource has the type ${type}`);
  const hooks = Object.assign({}, ...(document.Hooks ?? []));
  const unknown = Object.keys(hooks).find((hook) => hook !== 'BeforeAllowTraffic' && hook !== 'AfterAllowTraffic');
  if (unknown) throw invalid(`it has the hook ${unknown}, which Lambda deployments do not run`);
  return {
    functionName: member(properties, 'Name'),
    alias: member(properties, 'Alias'),
    currentVersion: member(properties, 'CurrentVersion'),
    targetVersion: member(properties, 'TargetVersion'),
    beforeAllowTraffic: hooks.BeforeAllowTraffic,
    afterAllowTraffic: hooks.AfterAllowTraffic,
  };
}

interface Document {
  readonly Resources?: readonly Record<string, { Type?: string; Properties?: Record<string, unknown> }>[];
  readonly Hooks?: readonly Record<string, string>[];
}

function parseDocument(content: string): Document {
  try {
    return parse(content) ?? {};
  } catch (error) {
    throw invalid((error as Error).message);
  }
}

function member(properties: Record<string, unknown> | undefined, name: string): string {
  const value = properties?.[name];
  if (typeof value !== 'string' && typeof value !== 'number') throw invalid(`it has no ${name}`);
  return String(value);
}

function invalid(problem: string): AwsError {
  return new AwsError('InvalidRevisionException', `the AppSpec is invalid: ${problem}`);
}
