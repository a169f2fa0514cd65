import reference from './actions-without-resource.json';

/** Actions on metrics, which have no ARN; the reference lists for them a data set that a request may name in addition. */
const ON_METRICS = ['cloudwatch:getmetricdata', 'cloudwatch:listmetrics', 'cloudwatch:putmetricdata'];

const byService = new Map<string, ReadonlySet<string>>(
  Object.entries(reference.actions).map(([service, actions]) => [service, new Set(actions.toLowerCase().split(' '))]),
);

/**
 * @param action An action without wildcards, e.g. `lambda:CreateEventSourceMapping`, in any case.
 * @returns Whether the action can be granted on `*` only: the Service Authorization Reference lists no resource type for
 * it.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function takesNoResource(action: string): boolean {
  const lower = action.toLowerCase();
  const [service = '', name = ''] = lower.split(':');
  return ON_METRICS.includes(lower) || (byService.get(service)?.has(name) ?? false);
}
