import { type AccessRule, type AccessRules, need } from '../access/need';
import { arn } from '../scope';

const onPipeline =
  (action: string, member = 'pipelineName'): AccessRule =>
  (input, caller) =>
    need(action, arn('codepipeline', caller, String(input[member])));

/**
 * Permissions that CodePipeline's operations need. A job has no ARN.
 *
 * Source: Service Authorization Reference, AWS CodePipeline.
 */
export const CODEPIPELINE_ACCESS: AccessRules = {
  PutJobSuccessResult: () => need('codepipeline:PutJobSuccessResult'),
  PutJobFailureResult: () => need('codepipeline:PutJobFailureResult'),
  ListActionExecutions: onPipeline('codepipeline:ListActionExecutions'),
  ListPipelineExecutions: onPipeline('codepipeline:ListPipelineExecutions'),
  GetPipelineExecution: onPipeline('codepipeline:GetPipelineExecution'),
  GetPipelineState: onPipeline('codepipeline:GetPipelineState', 'name'),
};
