import type { Properties } from '../../../embedded-aws/resource-type';
import { guardedShop } from '../guarded-shop';
import { type SmallAccount, target } from '../small-account';

export interface WideShopProps {
  /** Number of functions. */
  readonly functions: number;
  /** Makes this commit differ from others. */
  readonly commit: string;
  /** What the pre-traffic hook of all functions reports. @default 'Succeeded' */
  readonly hook?: 'Succeeded' | 'Failed';
}

/**
 * Deploys a service of many functions. Each version has its own alarm, and all functions have the same hook; `fail`
 * makes all alarms fire.
 */
export async function deployWide(account: SmallAccount, { functions, ...props }: WideShopProps): Promise<void> {
  const {
    HelloLambdaFunction: hello,
    HelloLambdaFunctionAliasLive: alias,
    HelloShifts: group,
    Alarm: alarm,
    ...others
  } = (await guardedShop(account, props)) as Record<string, Properties>;
  const versionId = Object.keys(others).find((id) => id.startsWith('HelloLambdaVersion'))!;
  const resources: Record<string, Properties> = Object.fromEntries(
    Object.entries(others).filter(([id]) => ['Role', 'Hook', 'Shifts'].includes(id)),
  );
  for (let index = 1; index <= functions; index += 1) {
    const own = JSON.stringify({
      HelloLambdaFunction: hello,
      [versionId]: others[versionId],
      HelloLambdaFunctionAliasLive: alias,
      HelloShifts: group,
      HelloAlarm: alarm,
    });
    const renamed = own
      .replaceAll('"Ref":"Alarm"', `"Ref":"Fn${index}Alarm"`)
      .replaceAll('Hello', `Fn${index}`)
      .replaceAll('shop-prod-hello', `shop-prod-fn${index}`);
    Object.assign(resources, JSON.parse(renamed));
  }
  const template = { url: await account.putTemplate(resources) };
  const capabilities = ['CAPABILITY_NAMED_IAM'];
  await account.region.cloudFormation.deploy({ stackName: target.stackName, template, capabilities });
}
