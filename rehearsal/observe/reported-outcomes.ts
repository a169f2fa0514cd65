import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import type { ReleaseClients } from '../../release/aws/clients';
import { Ledger } from '../../release/ledger/ledger';
import type { ReleaseOutcome } from '../../release/outcome/outcome';
import { headline, render } from '../../release/render';
import type { ActionExecution } from '../pipeline/pipeline-event';

/** The outcome of one release as each part of the pipeline reports it. Undefined for a part that reports nothing. */
export interface ReportedOutcomes {
  /** First line of the outcome in Deploy's log. */
  readonly deploy: string | undefined;
  /** Headline that Deploy exports. CodePipeline reads it only when Deploy succeeds. */
  readonly exported: string | undefined;
  /** Headline with which the Canary action ends. */
  readonly canary: string | undefined;
  /** Headline of the outcome in the ledger. */
  readonly ledger: string | undefined;
}

/** Matches the first line of a rendered outcome. A log also has other lines with these symbols. */
const OUTCOME_LINE = /^[✔✖◌…] (released|rolled back|failed|unchanged|first release|in progress|being rolled back)\b/;

/**
 * Reads what each part of the pipeline reports about a release.
 *
 * @param deploy The environment's Deploy action.
 * @param canary The action that follows it. Undefined when there is none.
 */
export async function readReportedOutcomes(
  { dynamoDb }: Pick<ReleaseClients, 'dynamoDb'>,
  stackName: string,
  deploy: ActionExecution,
  canary: ActionExecution | undefined,
): Promise<ReportedOutcomes> {
  const { result, log } = deploy;
  return {
    deploy: log.findLast((line) => OUTCOME_LINE.test(line)),
    exported: result.type === 'succeeded' ? result.variables.RELEASE_HEADLINE : undefined,
    canary: canary && firstLine(canary.result.type === 'failed' ? canary.result.message : canary.result.summary),
    ledger: result.type === 'reported' ? undefined : await recordedHeadline(dynamoDb, stackName, result.externalId),
  };
}

/**
 * Compares what the parts of the pipeline report with the outcome that was observed from outside.
 *
 * @param deployed Whether Deploy succeeded.
 * @returns One message for each part that reports something else.
 */
export function disagreements(
  outcome: ReleaseOutcome,
  reported: ReportedOutcomes,
  deployed: boolean,
): readonly string[] {
  const observed = headline(outcome);
  const expected: ReportedOutcomes = {
    deploy: firstLine(render(outcome)),
    exported: deployed ? observed : undefined,
    canary: firstLine(observed),
    ledger: observed,
  };
  return (Object.keys(expected) as (keyof ReportedOutcomes)[])
    .filter((part) => reported[part] !== expected[part])
    .map((part) => `${PARTS[part]} ${quoted(reported[part])}, expected ${quoted(expected[part])}`);
}

const PARTS: Readonly<Record<keyof ReportedOutcomes, string>> = {
  deploy: "Deploy's log says",
  exported: 'Deploy exports',
  canary: 'the Canary action says',
  ledger: 'the ledger says',
};

function quoted(text: string | undefined): string {
  return text === undefined ? 'nothing' : `'${text}'`;
}

async function recordedHeadline(client: ReleaseClients['dynamoDb'], stackName: string, build: string | undefined) {
  if (build === undefined) return undefined;
  try {
    const outcome = (await new Ledger(client, stackName).find(build))?.conclusion?.outcome;
    return outcome && headline(outcome);
  } catch (error) {
    // An environment has no ledger before its ReleaseStack is created.
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

function firstLine(text: string): string {
  return text.split('\n')[0]!;
}
