/** Members of a request by name: lists are arrays, timestamps are as the protocol sends them. */
// biome-ignore lint/suspicious/noExplicitAny: clients decide what they send; every operation checks what it reads
export type Input = Record<string, any>;
