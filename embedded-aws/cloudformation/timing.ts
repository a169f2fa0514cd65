/**
 * Time that CloudFormation adds to the time of the resources, in milliseconds of virtual time. The figures come from
 * published stack events; AWS does not document them.
 */

/** From a stack's first event to the first event of a resource. */
export const STACK_START = 3_000;

/** From the last event of a resource to the stack's. */
export const STACK_END = 1_000;

/** From the instant at which a resource can start to its first event. */
export const RESOURCE_START = 1_000;
