export type { Check, EventCheck, RouteCheck } from './checks';
export { postTrafficHook } from './post-traffic';
export { preTrafficHook, type TrafficHookProps } from './pre-traffic';
export type { HookEvent, TrafficHook } from './report';
