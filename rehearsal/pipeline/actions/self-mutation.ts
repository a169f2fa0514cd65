import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { ActionContext, ActionResult, ActionRunner } from '../action-runner';
import type { SynthesisedResource, SynthesisedTemplate } from '../intrinsics';
import type { SelfMutationAction } from '../model';

type Resources = SynthesisedTemplate['Resources'];

/** Self-update actions: they say whether the commit changes the pipeline, and change nothing. */
export class SelfMutationActions implements ActionRunner<SelfMutationAction> {
  #pushed: Resources;

  readonly #installed: Resources;

  /** @param installed the resources of the stack that the pipeline was installed with */
  constructor(installed: Resources) {
    this.#installed = installed;
    this.#pushed = installed;
  }

  async run(action: SelfMutationAction, { artifacts, pipeline }: ActionContext): Promise<ActionResult> {
    const file = await artifacts.path(action.inputs[0]!, pipeline.templateFile);
    const { Resources: resources }: SynthesisedTemplate = JSON.parse(await readFile(file, 'utf8'));
    const changed = changes(this.#pushed, resources);
    this.#pushed = resources;
    const stale = functionsAmong(changes(this.#installed, resources), this.#installed);
    const keep = stale.length === 1 ? 'keeps' : 'keep';
    const kept = stale.length > 0 ? `; ${stale.join(', ')} ${keep} the code of the first commit` : '';
    return { type: 'reported', summary: `not run: ${sentence(changed)}${kept}` };
  }
}

function changes(before: Resources, after: Resources): readonly string[] {
  const ids = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return ids.filter((id) => !isDeepStrictEqual(before[id], after[id]));
}

/** @returns the names of the installed functions among changed resources */
function functionsAmong(changed: readonly string[], installed: Resources): readonly string[] {
  return changed.flatMap((id) => {
    const { Type, Properties }: Partial<SynthesisedResource> = installed[id] ?? {};
    return Type === 'AWS::Lambda::Function' ? [String(Properties?.FunctionName ?? id)] : [];
  });
}

function sentence(changed: readonly string[]): string {
  if (changed.length === 0) return 'the pipeline would stay as it is';
  const names =
    changed.length > 3 ? `${changed.slice(0, 3).join(', ')} and ${changed.length - 3} more` : changed.join(', ');
  return `the pipeline would update itself (${names}) and start over with this commit`;
}
