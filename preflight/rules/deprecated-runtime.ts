import { keyOf } from '../subject';
import { text } from '../template/intrinsics';
import { resourcesOf } from '../template/template';
import type { PreflightRule, RuleProblem } from './rule';

/** Date of the list below; AWS moves the dates, mostly to later ones. */
const RUNTIMES_AS_OF = '2026-07-25';

/**
 * When Lambda stops patching a runtime. Later, on dates that AWS has often moved, it refuses to create and to update.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
const DEPRECATED_ON: Readonly<Record<string, string>> = {
  'nodejs24.x': '2028-04-30',
  'nodejs22.x': '2027-04-30',
  'nodejs20.x': '2026-04-30',
  'nodejs18.x': '2025-09-01',
  'nodejs16.x': '2024-06-12',
  'nodejs14.x': '2023-12-04',
  'nodejs12.x': '2023-03-31',
  'nodejs10.x': '2021-07-30',
  'nodejs8.10': '2020-03-06',
  'python3.14': '2029-06-30',
  'python3.13': '2029-06-30',
  'python3.12': '2028-10-31',
  'python3.11': '2027-06-30',
  'python3.10': '2026-10-31',
  'python3.9': '2025-12-15',
  'python3.8': '2024-10-14',
  'python3.7': '2023-12-04',
  'python3.6': '2022-07-18',
  'python2.7': '2021-07-15',
  java8: '2024-01-08',
  'go1.x': '2024-01-08',
  dotnet6: '2024-12-20',
  dotnet8: '2026-11-10',
  dotnet10: '2028-11-14',
  'ruby3.4': '2028-03-31',
  'ruby3.2': '2026-03-31',
  'ruby2.7': '2023-12-07',
  provided: '2024-01-08',
};

/** Days before the end of support from which on it is reported. */
const NOTICE = 90;

/** A runtime whose support has ended, or ends soon. */
export const deprecatedRuntime = {
  id: 'deprecated-runtime',
  find: ({ template, now }) =>
    resourcesOf(template, 'AWS::Lambda::Function').flatMap(([id, { Properties }]): readonly RuleProblem[] => {
      const runtime = text(Properties.Runtime);
      const date = DEPRECATED_ON[runtime];
      if (date === undefined) return [];
      const days = Math.ceil((Date.parse(date) - now) / 86_400_000);
      if (days > NOTICE) return [];
      return [
        {
          severity: 'warning',
          where: { path: `Resources.${id}.Properties.Runtime`, function: keyOf(id) },
          why: `Lambda ${days > 0 ? 'will no longer patch' : 'has not patched'} ${runtime} ${days > 0 ? 'from' : 'since'} ${date}. Some time later it refuses to update the function, so that even a fix cannot be released (AWS’s list as of ${RUNTIMES_AS_OF}).`,
          fix: 'write a supported runtime, such as nodejs24.x, under provider.runtime',
        },
      ];
    }),
} as const satisfies PreflightRule;
