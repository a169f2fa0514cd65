import { Duration, Stack } from 'aws-cdk-lib';
import { AccountPrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { otherAccounts, type PipelineEnvironment, watchedEnvironments } from '../environment/pipeline-environment';
import type { PipelineNames } from '../names/pipeline-names';
import type { AccountRegion } from '../names/release-names';
import { assumeIn } from '../permissions/pipeline-permissions';
import { PipelineFunction } from './pipeline-function';

interface AlarmBoardFunctionProps {
  readonly names: PipelineNames;
  /** Account and region of the pipeline. */
  readonly location: AccountRegion;
  readonly environments: readonly PipelineEnvironment[];
}

/**
 * Draws the alarms and the last release of an environment on its dashboard. CloudWatch invokes it with the permissions
 * of the user who opens the dashboard, so that user needs lambda:InvokeFunction on it.
 */
export class AlarmBoardFunction extends PipelineFunction {
  constructor(scope: Construct, id: string, { names, location, environments }: AlarmBoardFunctionProps) {
    super(scope, id, {
      name: names.alarmBoard,
      description: `Draws the alarms and the last release on the dashboards of ${names.pipeline}`,
      entry: 'bin/alarm-board.ts',
      timeout: Duration.seconds(20),
      permissions: [assumeIn(environments, 'boardRole')],
      environment: {
        ENVIRONMENTS: Stack.of(scope).toJsonString(watchedEnvironments(environments, 'boardRole')),
      },
    });
    // The dashboard of an environment in another account is opened by users of that account.
    for (const account of otherAccounts(environments, location)) {
      this.addPermission(`Dashboards${account}`, { principal: new AccountPrincipal(account) });
    }
  }
}
