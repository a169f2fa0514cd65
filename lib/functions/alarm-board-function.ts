import { Duration, Stack } from 'aws-cdk-lib';
import { AccountPrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { PipelineNames } from '../names/pipeline-names';
import type { Place } from '../names/release-names';
import { watchEnvironments } from '../permissions/pipeline-permissions';
import { otherAccounts, type ReleaseTarget, toldOf } from '../release-target';
import { PipelineFunction } from './pipeline-function';

export interface AlarmBoardProps {
  readonly names: PipelineNames;
  readonly place: Place;
  readonly targets: readonly ReleaseTarget[];
}

/**
 * Draws the alarms and the last release of an environment on its dashboard. CloudWatch calls it as the person who looks
 * at the dashboard, who therefore needs lambda:InvokeFunction on it.
 */
export class AlarmBoard extends PipelineFunction {
  constructor(scope: Construct, id: string, { names, place, targets }: AlarmBoardProps) {
    super(scope, id, {
      name: names.alarmBoard,
      description: `Draws the alarms and the last release on the dashboards of ${names.pipeline}`,
      entry: 'bin/alarm-board.ts',
      timeout: Duration.seconds(20),
      permissions: [watchEnvironments(targets)],
      environment: { ENVIRONMENTS: Stack.of(scope).toJsonString(targets.map(toldOf)) },
    });
    // The dashboard of an environment in another account is looked at from there.
    for (const account of otherAccounts(targets, place)) {
      this.addPermission(`Dashboards${account}`, { principal: new AccountPrincipal(account) });
    }
  }
}
