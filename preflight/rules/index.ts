import { alarmDiluted } from './alarm-diluted';
import { alarmNotAttached } from './alarm-not-attached';
import { alarmWrongName } from './alarm-wrong-name';
import { buildTimeout } from './build-timeout';
import { compositeAlarm } from './composite-alarm';
import { deprecatedRuntime } from './deprecated-runtime';
import { hookCanaried } from './hook-canaried';
import { hookNotInvocable } from './hook-not-invocable';
import { hookPermission } from './hook-permission';
import { hookTimeout } from './hook-timeout';
import { hookUnknown } from './hook-unknown';
import { metricWithoutData } from './metric-without-data';
import { minimumOfErrors } from './minimum-of-errors';
import { missingData } from './missing-data';
import { noAlarm } from './no-alarm';
import { noHook } from './no-hook';
import { pastTheAlias } from './past-the-alias';
import { permissionRemoved } from './permission-removed';
import { provisionedConcurrency } from './provisioned-concurrency';
import { resourceRemoved } from './resource-removed';
import { roleChanged } from './role-changed';
import { routeRemoved } from './route-removed';
import type { PreflightRule } from './rule';
import { thresholdOutOfRange } from './threshold-out-of-range';
import { tooLittleTraffic } from './too-little-traffic';
import { tooManyAlarms } from './too-many-alarms';
import { unseenServerErrors } from './unseen-server-errors';
import { windowLongerThanShift } from './window-longer-than-shift';

/** All rules, in the order of their findings in the report. docs/preflight.md explains each. */
export const rules = [
  minimumOfErrors,
  thresholdOutOfRange,
  metricWithoutData,
  windowLongerThanShift,
  alarmWrongName,
  alarmNotAttached,
  alarmDiluted,
  missingData,
  noAlarm,
  tooManyAlarms,
  compositeAlarm,
  unseenServerErrors,
  tooLittleTraffic,
  pastTheAlias,
  noHook,
  hookUnknown,
  hookPermission,
  hookNotInvocable,
  hookCanaried,
  hookTimeout,
  buildTimeout,
  provisionedConcurrency,
  roleChanged,
  permissionRemoved,
  resourceRemoved,
  routeRemoved,
  deprecatedRuntime,
] as const satisfies readonly PreflightRule[];

/** Id of a rule. */
export type RuleId = (typeof rules)[number]['id'];
