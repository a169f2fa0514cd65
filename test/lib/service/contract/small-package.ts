import type { EnvironmentConfig } from '../../../../lib/config/pipeline-config';
import { releaseNames } from '../../../../lib/names/release-names';
import type { PackagedProvider, PackagedService } from '../../../../lib/service/contract/packaged-service';

interface SmallPackageProps {
  readonly service?: string;
  readonly environment?: EnvironmentConfig;
  readonly region?: string;
  readonly resources?: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: Record<string, unknown> }>
  >;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly provider?: Partial<PackagedProvider>;
  readonly deployPermissions?: PackagedService['deployPermissions'];
  readonly functionPermissions?: PackagedService['functionPermissions'];
}

/** @returns The package of a service with these resources. */
export function smallPackage(props: SmallPackageProps = {}): PackagedService {
  const { service = 'shop', environment = { name: 'prod' }, region = 'eu-central-1', provider, outputs } = props;
  const names = releaseNames(service, environment.name);
  // As `npm run package` completes every role.
  const PermissionsBoundary = {
    'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:policy/release/${names.permissionsBoundary}`,
  };
  const resources = Object.entries(props.resources ?? {}).map(
    ([id, { Type, Properties = {} }]) =>
      [
        id,
        { Type, Properties: Type === 'AWS::IAM::Role' ? { PermissionsBoundary, ...Properties } : Properties },
      ] as const,
  );
  return {
    environment,
    names,
    stack: { stackName: names.serviceStack, partition: 'aws', region, account: '111111111111' },
    template: { Resources: Object.fromEntries(resources), ...(outputs && { Outputs: outputs }) },
    provider: { region, ...provider },
    deployPermissions: props.deployPermissions ?? [],
    functionPermissions: props.functionPermissions ?? [],
  };
}
