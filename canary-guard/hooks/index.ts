export type { Check, CheckFailure, EventCheck, RouteCheck } from './checks';
export { postTrafficHook } from './post-traffic';
export { preTrafficHook, type TrafficHookProps } from './pre-traffic';
export { type HookEvent, type TrafficHook, trafficHook, type Verify } from './traffic-hook';
export { type VersionUnderTest, versionUnderTest } from './version-under-test';
