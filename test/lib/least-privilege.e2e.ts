import { AwsSolutionsChecks } from 'cdk-nag';
import { synthesise, TWO_ACCOUNTS, TWO_ENVIRONMENTS, TWO_REGIONS } from './fixtures';
import { SUPPRESSIONS, type Suppression } from './suppressions';

// It reads every property of every resource, the deprecated ones too, and each of those would be warned of.
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

test('cdk-nag finds nothing in any stack but what is suppressed with a reason', () => {
  const standing = findings.filter((finding) => !SUPPRESSIONS.some((suppression) => covers(suppression, finding)));
  expect(standing).toEqual([]);
});

test('every suppression has a finding to suppress', () => {
  const idle = SUPPRESSIONS.filter((suppression) => !findings.some((finding) => covers(suppression, finding)));
  expect(idle).toEqual([]);
});

function covers(suppression: Suppression, { rule, resource }: Finding): boolean {
  return whole(suppression.resource).test(resource) && whole(suppression.finding).test(rule);
}

/** Alternatives and classes as in a regular expression; brackets after a rule, and stars, are themselves. */
function whole(pattern: string): RegExp {
  const literal = pattern.replaceAll('*', '\\*').replace(/^(AwsSolutions-IAM5)\[(.*)\]$/, '$1\\[$2\\]');
  return new RegExp(`^${literal}$`);
}
