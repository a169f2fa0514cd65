import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { ActionContext, ActionResult, ActionRunner } from '../action-runner';
import type { SelfMutationAction } from '../model';

type Resources = Readonly<Record<string, unknown>>;

/** Self-update actions: they say whether the commit changes the pipeline, and change nothing. */
export class SelfMutationActions implements ActionRunner<SelfMutationAction> {
  #running: Resources | undefined;

  async run(action: SelfMutationAction, { artifacts, pipeline }: ActionContext): Promise<ActionResult> {
    const file = await artifacts.path(action.inputs[0]!, pipeline.templateFile);
    const resources = JSON.parse(await readFile(file, 'utf8')).Resources as Resources;
    const before = this.#running ?? resources;
    this.#running = resources;
    const changed = [...new Set([...Object.keys(before), ...Object.keys(resources)])].filter(
      (id) => !isDeepStrictEqual(before[id], resources[id]),
    );
    return { type: 'reported', summary: `not run: ${sentence(changed)}` };
  }
}

function sentence(changed: readonly string[]): string {
  if (changed.length === 0) return 'the pipeline would stay as it is';
  const names =
    changed.length > 3 ? `${changed.slice(0, 3).join(', ')} and ${changed.length - 3} more` : changed.join(', ');
  return `the pipeline would update itself (${names}) and start over with this commit`;
}
