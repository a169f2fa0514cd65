import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import type { ReleaseClients } from '../../release/aws/clients';
import { Ledger } from '../../release/ledger/ledger';
import type { ReleaseOutcome } from '../../release/outcome/outcome';
import { headline, render } from '../../release/render';
import type { ActionExecution } from '../pipeline/pipeline-event';

/** What the parts of the pipeline themselves say of one release; undefined where one says nothing. */
export interface Verdicts {
  /** the first line of the verdict in Deploy's log */
  readonly deploy: string | undefined;
  /** the headline that Deploy exports, which CodePipeline takes over only when it succeeds */
  readonly exported: string | undefined;
  /** the headline that the Canary action ends with */
  readonly canary: string | undefined;
  /** the headline that the ledger holds */
  readonly ledger: string | undefined;
}

/** How a verdict begins; a log also has other lines with these symbols. */
const VERDICT = /^[✔✖◌…] (released|rolled back|failed|unchanged|first release|in progress|rolling back)\b/;

/**
 * @param deploy the Deploy action of an environment
 * @param canary the action that follows it, undefined where there is none
 */
export async function readVerdicts(
  { dynamoDb }: Pick<ReleaseClients, 'dynamoDb'>,
  stackName: string,
  deploy: ActionExecution,
  canary: ActionExecution | undefined,
): Promise<Verdicts> {
  const { result, log } = deploy;
  return {
    deploy: log.findLast((line) => VERDICT.test(line)),
    exported: result.type === 'succeeded' ? result.variables.RELEASE_HEADLINE : undefined,
    canary: canary && firstLine(canary.result.type === 'failed' ? canary.result.message : canary.result.summary),
    ledger: result.type === 'reported' ? undefined : await recorded(dynamoDb, stackName, result.externalId),
  };
}

/** @returns what each part says otherwise than what was seen from outside, in words */
export function disagreements(outcome: ReleaseOutcome, verdicts: Verdicts, deployed: boolean): readonly string[] {
  const seen = headline(outcome);
  const expected: Verdicts = {
    deploy: firstLine(render(outcome)),
    exported: deployed ? seen : undefined,
    canary: firstLine(seen),
    ledger: seen,
  };
  return (Object.keys(expected) as (keyof Verdicts)[])
    .filter((part) => verdicts[part] !== expected[part])
    .map((part) => `${NAMES[part]} ${quoted(verdicts[part])}, but ${quoted(expected[part])} was seen`);
}

const NAMES: Readonly<Record<keyof Verdicts, string>> = {
  deploy: "Deploy's log says",
  exported: 'Deploy exports',
  canary: 'the Canary action says',
  ledger: 'the ledger says',
};

function quoted(text: string | undefined): string {
  return text === undefined ? 'nothing' : `'${text}'`;
}

async function recorded(client: ReleaseClients['dynamoDb'], stackName: string, build: string | undefined) {
  if (build === undefined) return undefined;
  try {
    const outcome = (await new Ledger(client, stackName).find(build))?.conclusion?.outcome;
    return outcome && headline(outcome);
  } catch (error) {
    // An environment that the pipeline has not made yet has no ledger.
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

function firstLine(text: string): string {
  return text.split('\n')[0]!;
}
