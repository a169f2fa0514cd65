import { AwsError, Unsupported } from '../errors';
import type { ServiceApi } from '../protocol/api';
import type { Input } from '../protocol/input';
import { jsonApi } from '../protocol/json';
import { CODEPIPELINE_ACCESS } from './access';
import { describeActionExecution, describeExecution, describeState, STATUS } from './descriptions';
import type { ExecutionRecord, History } from './history';
import type { Jobs } from './jobs';
import { Validation } from './limits';
import { type PipelineRecords, pipelineNotFound } from './pipeline-records';

interface CodePipelineApiProps {
  readonly jobs: Jobs;
  readonly history: History;
  readonly records: PipelineRecords;
}

/** Largest page of a list (API reference). */
const MAX_RESULTS = 100;

export function codePipelineApi({ jobs, history, records }: CodePipelineApiProps): ServiceApi {
  /** Executions of a pipeline. It exists once CloudFormation has created it, or once an execution of it has started. */
  const executionsOf = (pipelineName: string): readonly ExecutionRecord[] => {
    const executions = history.executions(pipelineName);
    if (executions.length === 0 && !records.find(pipelineName)) throw pipelineNotFound(pipelineName);
    return executions;
  };
  return jsonApi({
    signingName: 'codepipeline',
    target: 'CodePipeline_20150709',
    version: '1.1',
    access: CODEPIPELINE_ACCESS,
    operations: {
      PutJobSuccessResult: {
        accepts: ['jobId', 'continuationToken', 'executionDetails', 'outputVariables'],
        run: (input) => {
          jobs.succeed(input);
          return undefined;
        },
      },
      PutJobFailureResult: {
        accepts: ['jobId', 'failureDetails'],
        run: (input) => {
          jobs.fail(input);
          return undefined;
        },
      },
      ListActionExecutions: {
        accepts: ['pipelineName', 'filter', 'maxResults', 'nextToken'],
        run: ({ pipelineName, filter = {}, ...paging }) => {
          new Validation().required(pipelineName, 'pipelineName').check();
          const unsupported = Object.keys(filter).filter((member) => member !== 'pipelineExecutionId');
          if (unsupported.length > 0)
            throw new Unsupported(`codepipeline:ListActionExecutions with ${unsupported.join(', ')}`);
          const details = executionsOf(pipelineName)
            .filter(({ id }) => filter.pipelineExecutionId === undefined || id === filter.pipelineExecutionId)
            .flatMap((execution) => [...execution.actions.values()].map((action) => ({ execution, action })))
            .map((item, order) => ({ ...item, order }))
            .sort((a, b) => b.action.started - a.action.started || b.order - a.order);
          const { items, nextToken } = page(details, paging);
          return {
            actionExecutionDetails: items.map(({ execution, action }) => describeActionExecution(execution, action)),
            nextToken,
          };
        },
      },
      ListPipelineExecutions: {
        accepts: ['pipelineName', 'maxResults', 'nextToken'],
        run: ({ pipelineName, ...paging }) => {
          new Validation().required(pipelineName, 'pipelineName').check();
          const { items, nextToken } = page([...executionsOf(pipelineName)].reverse(), paging);
          const pipelineExecutionSummaries = items.map(({ id, state, started, updated }) => ({
            pipelineExecutionId: id,
            status: STATUS[state],
            startTime: new Date(started),
            lastUpdateTime: new Date(updated),
          }));
          return { pipelineExecutionSummaries, nextToken };
        },
      },
      GetPipelineExecution: {
        accepts: ['pipelineName', 'pipelineExecutionId'],
        run: ({ pipelineName, pipelineExecutionId }) => {
          new Validation()
            .required(pipelineName, 'pipelineName')
            .required(pipelineExecutionId, 'pipelineExecutionId')
            .check();
          const execution = executionsOf(pipelineName).find(({ id }) => id === pipelineExecutionId);
          if (execution) return { pipelineExecution: describeExecution(execution) };
          throw new AwsError(
            'PipelineExecutionNotFoundException',
            `The pipeline '${pipelineName}' has no execution with id '${pipelineExecutionId}'`,
          );
        },
      },
      GetPipelineState: {
        accepts: ['name'],
        run: ({ name }) => {
          new Validation().required(name, 'name').check();
          return describeState(name, records.find(name), executionsOf(name));
        },
      },
    },
  });
}

function page<T>(
  all: readonly T[],
  { maxResults, nextToken }: Input,
): { readonly items: readonly T[]; readonly nextToken: string | undefined } {
  new Validation().number(maxResults, 'maxResults', { min: 1, max: MAX_RESULTS }).check();
  const from = Number(nextToken ?? 0);
  if (!Number.isInteger(from) || from < 0) {
    throw new AwsError('InvalidNextTokenException', `the token '${nextToken}' was not issued by this operation`);
  }
  const next = from + (maxResults ?? MAX_RESULTS);
  return { items: all.slice(from, next), nextToken: next < all.length ? String(next) : undefined };
}
