import { TemplateText } from '../../../aws-rules/limits/template-text';
import { wildcardsMeet } from '../../../aws-rules/wildcard';
import { permissionsBoundary } from '../../permissions/permissions-boundary';
import type { ContractBreach } from './contract-breach';
import { neededPermissions } from './needed-permissions';
import type { PackagedService } from './packaged-service';

interface Statement {
  readonly Effect?: unknown;
  readonly Action?: string | readonly string[];
  readonly Resource?: unknown;
}

/** An action on a resource, each of which may contain wildcards. */
interface Grant {
  readonly action: string;
  readonly resource: string;
}

/**
 * Finds what the policies of the service's roles allow and their permissions boundary does not contain: AWS would deny it when
 * a function does it, not before. Each role is reported with the `functionPermissions` to write.
 *
 * A grant of which the boundary contains a part, e.g. the stack's own tables of all tables, is not reported.
 */
export function findBoundaryExcess(service: PackagedService): ContractBreach[] {
  const { stack, names, template, functionPermissions } = service;
  const values = new TemplateText(template, stack);
  const boundary = grantsOf(permissionsBoundary(stack, names, functionPermissions).toJSON().Statement);
  return Object.entries(template.Resources).flatMap(([id, { Type, Properties }]): ContractBreach[] => {
    const excess = policiesOf(Type, Properties)
      .flatMap(({ PolicyDocument }) => grantsOf(statementsOf(values.resolved(PolicyDocument))))
      .filter((grant) => !boundary.some((limit) => meet(grant, limit)));
    const [first] = excess;
    if (!first) return [];
    return [
      {
        severity: 'error',
        path: `Resources.${id}`,
        value: Type,
        problem:
          `it allows ${first.action} on ${first.resource}` +
          (excess.length === 1 ? '' : ` and ${excess.length - 1} more`) +
          `, which the permissions boundary "${names.permissionsBoundary}" of the service's roles does not contain, so AWS denies it`,
        remedy: `add to pipeline.functionPermissions in cdk.json: ${neededPermissions(excess, service)}`,
      },
    ];
  });
}

function policiesOf(
  type: string,
  properties: Readonly<Record<string, unknown>>,
): readonly Readonly<Record<string, unknown>>[] {
  if (type === 'AWS::IAM::Policy') return [properties];
  if (type !== 'AWS::IAM::Role' || !Array.isArray(properties.Policies)) return [];
  return properties.Policies;
}

function statementsOf(document: unknown): readonly Statement[] {
  const statement = (document as { readonly Statement?: unknown } | undefined)?.Statement;
  return statement === undefined ? [] : ([statement].flat() as Statement[]);
}

/** Resources that cannot be resolved before the stack exists are left out. */
function grantsOf(statements: readonly Statement[]): Grant[] {
  return statements
    .filter(({ Effect, Action }) => Effect === 'Allow' && Action !== undefined)
    .flatMap(({ Action = [], Resource }) =>
      [Action]
        .flat()
        .flatMap((action) =>
          [Resource].flat().flatMap((resource) => (typeof resource === 'string' ? [{ action, resource }] : [])),
        ),
    );
}

function meet(one: Grant, other: Grant): boolean {
  return (
    wildcardsMeet(one.action.toLowerCase(), other.action.toLowerCase()) && wildcardsMeet(one.resource, other.resource)
  );
}
