/**
 * What CloudFormation itself adds to the time that resources take, in milliseconds of virtual time: seen in stack
 * events, promised nowhere.
 */

/** From a stack's first event to that of its first resource. */
export const STACK_START = 3_000;

/** From the last resource's event to the stack's. */
export const STACK_END = 1_000;

/** From the moment a resource can start to its first event. */
export const RESOURCE_START = 1_000;
