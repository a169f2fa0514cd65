import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { ActionContext, ActionResult, ActionRunner } from '../action-runner';
import type { SynthesisedResource, SynthesisedTemplate } from '../intrinsics';
import type { SelfMutationAction } from '../model';

type Resources = SynthesisedTemplate['Resources'];

/** Runs self-update actions. They report whether the commit changes the pipeline, but do not update it. */
export class SelfMutationActions implements ActionRunner<SelfMutationAction> {
  #pushed: Resources;
  readonly #installed: Resources;

  /** @param installed The resources with which the pipeline's stack was installed. */
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
    const run = stale.length === 1 ? 'runs' : 'run';
    const old = stale.length > 0 ? `; ${stale.join(', ')} still ${run} the code of the first commit` : '';
    return { type: 'reported', summary: `not run: ${describe(changed)}${old}` };
  }
}

function changes(before: Resources, after: Resources): readonly string[] {
  const ids = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return ids.filter((id) => !isDeepStrictEqual(before[id], after[id]));
}

/** @returns The names of the installed functions among the changed resources. */
function functionsAmong(changed: readonly string[], installed: Resources): readonly string[] {
  return changed.flatMap((id) => {
    const { Type, Properties }: Partial<SynthesisedResource> = installed[id] ?? {};
    return Type === 'AWS::Lambda::Function' ? [String(Properties?.FunctionName ?? id)] : [];
  });
}

function describe(changed: readonly string[]): string {
  if (changed.length === 0) return 'the pipeline would not change';
  const names =
    changed.length > 3 ? `${changed.slice(0, 3).join(', ')} and ${changed.length - 3} more` : changed.join(', ');
  return `the pipeline would update itself (${names}) and restart with this commit`;
}
