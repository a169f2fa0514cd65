import { AwsSolutionsChecks } from 'cdk-nag';
import { synthesise, TWO_ACCOUNTS, TWO_ENVIRONMENTS, TWO_REGIONS } from './fixtures';
import { SUPPRESSIONS, type Suppression } from './suppressions';

// cdk-nag reads every property of every resource, and each deprecated one would print a warning.
process.env.JSII_DEPRECATED = 'quiet';

interface Finding {
  readonly rule: string;
  readonly resource: string;
}

const findings = [TWO_ENVIRONMENTS, TWO_ACCOUNTS, TWO_REGIONS].flatMap((config): Finding[] =>
  new AwsSolutionsChecks()
    .validateScope(synthesise(config).app)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => ({ rule: ruleName, resource: constructPath as string })),
    ),
);

test('all findings of cdk-nag are suppressed with a reason', () => {
  const standing = findings.filter((finding) => !SUPPRESSIONS.some((suppression) => covers(suppression, finding)));
  expect(standing).toEqual([]);
});

test('every suppression matches a finding', () => {
  const idle = SUPPRESSIONS.filter((suppression) => !findings.some((finding) => covers(suppression, finding)));
  expect(idle).toEqual([]);
});

function covers(suppression: Suppression, { rule, resource }: Finding): boolean {
  return whole(suppression.resource).test(resource) && whole(suppression.finding).test(rule);
}

/** Reads a pattern: a regular expression in which stars, and the brackets after a rule, are literal. */
function whole(pattern: string): RegExp {
  const literal = pattern.replaceAll('*', '\\*').replace(/^(AwsSolutions-IAM5)\[(.*)\]$/, '$1\\[$2\\]');
  return new RegExp(`^${literal}$`);
}
