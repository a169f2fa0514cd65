import { callOf } from '../../../aws-rules/template-intrinsics';
import type { ContractBreach } from './contract-breach';
import type { PackagedService } from './packaged-service';
import { propertyPath, resourcesOf } from './resources-of';

/**
 * Finds functions with the same code, of which one at least is released by a canary: a change of one of them is a new version of
 * all, hooks included, so each release shifts the traffic of functions that have not changed.
 */
export function findSharedCode({ template }: PackagedService): ContractBreach[] {
  const released = new Set(
    resourcesOf(template, 'AWS::CodeDeploy::DeploymentGroup').length > 0
      ? resourcesOf(template, 'AWS::Lambda::Alias').map(([, { Properties }]) => referenced(Properties.FunctionName))
      : [],
  );
  const byCode = new Map<string, string[]>();
  for (const [, { Properties }] of resourcesOf(template, 'AWS::Lambda::Version')) {
    const id = referenced(Properties.FunctionName);
    if (id === undefined || typeof Properties.CodeSha256 !== 'string') continue;
    byCode.set(Properties.CodeSha256, [...(byCode.get(Properties.CodeSha256) ?? []), id]);
  }
  return [...byCode.values()].flatMap((ids): ContractBreach[] => {
    const [first, ...others] = ids;
    if (first === undefined || others.length === 0 || !ids.some((id) => released.has(id))) return [];
    return [
      {
        severity: 'warning',
        path: propertyPath(first, 'Code'),
        value: `the same zip as ${others.join(', ')}`,
        problem: 'a change of one of these functions is a new version of all of them, hooks included',
        remedy:
          'set package.individually to true and bundle with serverless-esbuild, or give each function package.patterns of its own',
      },
    ];
  });
}

function referenced(value: unknown): string | undefined {
  const call = callOf(value);
  return call?.name === 'Ref' ? String(call.argument) : undefined;
}
