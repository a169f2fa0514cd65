import { AwsError } from '../errors';
import type { StackOutput } from './blueprint';
import type { Stack } from './stack';

/** A value that a stack exports to other stacks. */
export interface Export {
  readonly name: string;
  readonly value: string;
  readonly stackId: string;
}

/** The stacks of one account and region, including deleted ones. */
export class Stacks {
  readonly #stacks: Stack[] = [];

  add(stack: Stack): void {
    this.#stacks.push(stack);
  }

  /** @returns All stacks, newest first. */
  get all(): readonly Stack[] {
    return this.#stacks.toReversed();
  }

  /** @returns The stacks that are not deleted, newest first. */
  get live(): readonly Stack[] {
    return this.all.filter((stack) => stack.status !== 'DELETE_COMPLETE');
  }

  /** @returns The stack with that name or id; a deleted stack is found by its id only. */
  find(nameOrId: string): Stack | undefined {
    return nameOrId.startsWith('arn:')
      ? this.#stacks.find((stack) => stack.id === nameOrId)
      : this.live.find((stack) => stack.name === nameOrId);
  }

  /**
   * @param errorText Form of the error message: DescribeStacks writes "with id", the other operations do not.
   * @throws AwsError ValidationError when there is no such stack.
   */
  get(nameOrId: string, errorText: 'with id' | 'plain' = 'plain'): Stack {
    const stack = this.find(nameOrId);
    if (stack) return stack;
    const subject = errorText === 'with id' ? `Stack with id ${nameOrId}` : `Stack [${nameOrId}]`;
    throw new AwsError('ValidationError', `${subject} does not exist`);
  }

  get exports(): readonly Export[] {
    return this.live.flatMap((stack) =>
      stack.outputs.flatMap(({ exportName: name, value }) =>
        name === undefined ? [] : [{ name, value, stackId: stack.id }],
      ),
    );
  }

  /** @throws AwsError ValidationError when there is no such export. */
  importValue(name: string): string {
    const found = this.exports.find((candidate) => candidate.name === name);
    if (found) return found.value;
    throw new AwsError('ValidationError', `No export named ${name} found.`);
  }

  /** @returns The stacks that import the value. */
  importers(name: string): readonly Stack[] {
    return this.live.filter((stack) => stack.blueprint?.imports.has(name));
  }

  /**
   * @param outputs Outputs that the stack would have; none when it is to be deleted.
   * @throws AwsError ValidationError when another stack already exports one of the names, or imports a value that would
   * change.
   */
  checkExports(stack: Stack, outputs: readonly StackOutput[]): void {
    for (const { exportName } of outputs) {
      const taken = this.exports.find(({ name, stackId }) => name === exportName && stackId !== stack.id);
      if (taken) {
        const owner = taken.stackId.split('/')[1];
        throw new AwsError('ValidationError', `Export with name ${exportName} is already exported by stack ${owner}.`);
      }
    }
    for (const { name, value } of this.exports.filter(({ stackId }) => stackId === stack.id)) {
      const [importer] = this.importers(name).filter((candidate) => candidate !== stack);
      const kept = outputs.find(({ exportName }) => exportName === name);
      if (importer && kept?.value !== value) {
        const verb = kept ? 'updated' : 'deleted';
        throw new AwsError('ValidationError', `Export ${name} cannot be ${verb} as it is in use by ${importer.name}`);
      }
    }
  }
}
