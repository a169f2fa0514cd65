import { references, text } from '../template/intrinsics';
import type { PreflightRule, RuleProblem } from './rule';

/** Types that may name a function itself, because they send it no requests. */
const SENDS_NOTHING: readonly string[] = [
  'AWS::Lambda::Version',
  'AWS::Lambda::Alias',
  'AWS::Lambda::Permission',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Function',
  'AWS::CodeDeploy::DeploymentGroup',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::Logs::MetricFilter',
  'AWS::SSM::Parameter',
  'AWS::IAM::Role',
  'AWS::IAM::Policy',
  'AWS::IAM::RolePolicy',
  'AWS::IAM::ManagedPolicy',
];

/** An event source of the function itself: all its requests reach the newest code at once. */
export const pastTheAlias = {
  id: 'past-the-alias',
  find: ({ canaries, template }) =>
    canaries.flatMap(({ functionId, aliasId, aliasName, key }) =>
      Object.entries(template.Resources).flatMap(([id, { Type, Properties }]): readonly RuleProblem[] => {
        const fix = `let it invoke !Ref ${aliasId}, with an event that serverless-plugin-canary-deployments supports (httpApi, http, sqs, schedule, …)`;
        if (Type === 'AWS::Lambda::Permission') {
          const called = text(Properties.FunctionName);
          const principal = text(Properties.Principal);
          if (called !== `\${${functionId}}` && called !== `\${${functionId}.Arn}`) return [];
          return [
            {
              severity: principal.endsWith('.amazonaws.com') ? 'error' : 'warning',
              where: { path: `Resources.${id}.Properties.FunctionName`, function: key },
              why: `${principal} may invoke ${key} itself, not its alias ${aliasName}: such requests reach the newest code at once, past the canary.`,
              fix,
            },
          ];
        }
        if (SENDS_NOTHING.includes(Type) || !references(Properties).has(functionId)) return [];
        if (Type === 'AWS::Lambda::Url' && text(Properties.Qualifier) === aliasName) return [];
        return [
          {
            severity: 'error',
            where: { path: `Resources.${id}`, function: key },
            why: `The ${Type} invokes ${key} itself, not its alias ${aliasName}: its requests reach the newest code at once, past the canary, and no alarm on the alias counts them.`,
            fix: Type === 'AWS::Lambda::Url' ? `remove functions.${key}.url and write an httpApi event` : fix,
          },
        ];
      }),
    ),
} as const satisfies PreflightRule;
