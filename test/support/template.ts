// biome-ignore-all lint/suspicious/noExplicitAny: templates are JSON that the tests read at any depth
export interface PackagedTemplate {
  readonly Resources: Readonly<Record<string, PackagedResource>>;
}

export interface PackagedResource {
  readonly Type: string;
  readonly Properties: any;
  readonly UpdatePolicy?: any;
  readonly DependsOn?: string | readonly string[];
}

export interface GrantedStatement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** @returns The statements of a role's inline policies. */
export function statementsOf({ Properties }: PackagedResource): GrantedStatement[] {
  return (Properties.Policies ?? []).flatMap((policy: any) => policy.PolicyDocument.Statement);
}

/** @returns The logical ids on which a resource depends, by Ref, Fn::GetAtt, Fn::Sub or DependsOn. */
export function dependenciesOf(resource: PackagedResource, resources: PackagedTemplate['Resources']): string[] {
  const found = new Set([resource.DependsOn ?? []].flat());
  collectReferences(resource, found);
  return [...found].filter((id) => id in resources);
}

function collectReferences(value: unknown, found: Set<string>): void {
  if (!value || typeof value !== 'object') return;
  for (const [key, item] of Object.entries(value)) {
    if (key === 'Ref') found.add(item);
    else if (key === 'Fn::GetAtt') found.add([item].flat()[0].split('.')[0]);
    else if (key === 'Fn::Sub') for (const [, id] of [item].flat()[0].matchAll(/\$\{([^!.}]+)/g)) found.add(id);
    collectReferences(item, found);
  }
}
