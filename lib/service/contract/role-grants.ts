import type { TemplateText } from '../../../aws-rules/limits/template-text';

/** An action on a resource that a role grants. Both may contain wildcards. */
export interface RoleGrant {
  /** `*` for a statement with `NotAction`. */
  readonly action: string;
  /** `*` for a statement with `NotResource`, and for a resource that is not known. */
  readonly resource: string;
  /** Whether the template does not say what the resource is, e.g. because another stack exports it. */
  readonly isUnknown: boolean;
  /** The grant as people read it. */
  readonly shown: string;
}

/** @returns What the statements of policies allow, one grant for each action on each resource, each once. */
export function roleGrants(documents: readonly object[], values: TemplateText): readonly RoleGrant[] {
  const grants = documents
    .flatMap((document) => listOf((document as { readonly Statement?: unknown }).Statement))
    .flatMap((statement) => grantsOf((statement ?? {}) as Statement, values));
  return [...new Map(grants.map((grant) => [grant.shown, grant])).values()];
}

type Statement = Readonly<Record<'Effect' | 'Action' | 'NotAction' | 'Resource' | 'NotResource', unknown>>;

function grantsOf({ Effect, Action, NotAction, Resource, NotResource }: Statement, values: TemplateText) {
  if (Effect !== 'Allow') return [];
  const textsOf = (value: unknown) => listOf(value).map((each) => values.text(each));
  const actions = [
    ...textsOf(Action).flatMap((action) => (action === undefined ? [] : [{ action, shown: action }])),
    ...(NotAction === undefined ? [] : [{ action: '*', shown: `every action but ${known(textsOf(NotAction))}` }]),
  ];
  const resources = [
    ...textsOf(Resource).map((resource) => ({
      resource: resource ?? '*',
      isUnknown: resource === undefined,
      shown: resource ?? 'what the template does not say',
    })),
    ...(NotResource === undefined
      ? []
      : [{ resource: '*', isUnknown: false, shown: `everything but ${known(textsOf(NotResource))}` }]),
  ];
  return actions.flatMap((each) =>
    resources.map((on) => ({
      action: each.action,
      resource: on.resource,
      isUnknown: on.isUnknown,
      shown: `${each.shown} on ${on.shown}`,
    })),
  );
}

function known(texts: readonly (string | undefined)[]): string {
  return texts.map((text) => text ?? 'what the template does not say').join(', ');
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}
