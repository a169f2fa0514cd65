/** Where a stack is, as far as it is known: what its remedies are to be called with. */
export interface StackPlace {
  readonly stackName: string;
  /** @default not known */
  readonly stage?: string | undefined;
  /** @default not known */
  readonly region?: string | undefined;
}

/** Why nothing can be released to a stack, and what to do about it. */
export interface Stuck {
  /** @default its status says it all */
  readonly why?: string;
  readonly remedy: string;
}

const onlyToDelete = 'its creation failed and it can only be deleted';

const stuck: Readonly<Record<string, (place: StackPlace) => Stuck>> = {
  UPDATE_ROLLBACK_FAILED: () => ({
    remedy: "continue the rollback in the CloudFormation console ('Continue update rollback'), then retry",
  }),
  ROLLBACK_COMPLETE: (place) => ({ why: onlyToDelete, remedy: remove(place) }),
  ROLLBACK_FAILED: (place) => ({ why: onlyToDelete, remedy: remove(place) }),
  CREATE_FAILED: (place) => ({ why: onlyToDelete, remedy: remove(place) }),
  DELETE_FAILED: (place) => ({ why: 'its deletion failed', remedy: remove(place) }),
};

/** @returns what keeps every release from a stack in that status, or undefined when nothing does */
export function stuckIn(status: string, place: StackPlace): Stuck | undefined {
  return stuck[status]?.(place);
}

function remove({ stackName, stage, region }: StackPlace): string {
  const missing = [...(stage ? [] : ['STAGE']), ...(region ? [] : ['REGION'])];
  const fill =
    missing.length > 0
      ? ` (${missing.join(' and ')}: ${missing.length > 1 ? 'those' : 'that'} of stack ${stackName})`
      : '';
  return `in the service's directory run 'npx sls remove --stage ${stage ?? 'STAGE'} --region ${region ?? 'REGION'}'${fill}, then retry`;
}
