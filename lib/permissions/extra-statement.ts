import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ExtraPermission } from '../config/extra-permission';
import type { AccountRegion, ReleaseNames } from '../names/release-names';

/** @returns A permission of the configuration, limited to one environment: its placeholders are filled in. */
export function extraStatement(
  { actions, resources, condition }: ExtraPermission,
  location: AccountRegion,
  names: ReleaseNames,
): PolicyStatement {
  const filledIn = (text: string) =>
    text
      .replaceAll('{partition}', location.partition)
      .replaceAll('{region}', location.region)
      .replaceAll('{account}', location.account)
      .replaceAll('{stack}', names.serviceStack);
  const conditions = Object.entries(condition ?? {}).map(([operator, keys]) => [
    operator,
    Object.fromEntries(
      Object.entries(keys).map(([key, value]) => [
        key,
        typeof value === 'string' ? filledIn(value) : value.map(filledIn),
      ]),
    ),
  ]);
  return new PolicyStatement({
    actions: [...actions],
    resources: resources.map(filledIn),
    ...(condition && { conditions: Object.fromEntries(conditions) }),
  });
}
