/** Where a stack is, as far as it is known: the arguments of its remedies. */
interface StackLocation {
  readonly stackName: string;
  /** @default - not known */
  readonly stage?: string | undefined;
  /** @default - not known */
  readonly region?: string | undefined;
}

/** Why no release to a stack is possible, and what to do about it. */
interface StuckStack {
  /** @default - the status says it all */
  readonly why?: string;
  readonly remedy: string;
}

const CREATION_FAILED = 'its creation failed, so it can only be deleted';

const STUCK: Readonly<Record<string, (location: StackLocation) => StuckStack>> = {
  UPDATE_ROLLBACK_FAILED: () => ({
    remedy: "continue the rollback in the CloudFormation console ('Continue update rollback'), then retry",
  }),
  ROLLBACK_COMPLETE: (location) => ({ why: CREATION_FAILED, remedy: remove(location) }),
  ROLLBACK_FAILED: (location) => ({ why: CREATION_FAILED, remedy: remove(location) }),
  CREATE_FAILED: (location) => ({ why: CREATION_FAILED, remedy: remove(location) }),
  DELETE_FAILED: (location) => ({ why: 'its deletion failed', remedy: remove(location) }),
};

/** @returns What prevents every release to a stack with this status; undefined when nothing does. */
export function stuckIn(status: string, location: StackLocation): StuckStack | undefined {
  return STUCK[status]?.(location);
}

function remove({ stackName, stage, region }: StackLocation): string {
  const missing = [...(stage ? [] : ['STAGE']), ...(region ? [] : ['REGION'])];
  const hint = missing.length > 0 ? ` (with the ${missing.join(' and ')} of stack ${stackName})` : '';
  return `run 'npx sls remove --stage ${stage ?? 'STAGE'} --region ${region ?? 'REGION'}'${hint} in the service's directory, then retry`;
}
