import { type Canary, canariesOf, type Subject } from '../subject';
import type { Template } from '../template/template';

/** A canary of this release and the same canary as it is live. */
export interface CanaryUpdate {
  readonly canary: Canary;
  readonly live: Canary;
  /** Template that is live. */
  readonly deployed: Template;
}

/**
 * @returns The canaries of which two versions will run at the same time: those that are live and get a new version. The live
 * version serves the rest of the traffic until the shift has ended.
 */
export function canaryUpdates({ deployed, canaries }: Subject): readonly CanaryUpdate[] {
  if (!deployed) return [];
  const before = canariesOf(deployed, [], undefined);
  return canaries.flatMap((canary) => {
    const live = before.find(({ aliasId }) => aliasId === canary.aliasId);
    if (!live || live.versionId === canary.versionId || canary.shift?.seconds === 0) return [];
    return [{ canary, live, deployed }];
  });
}
