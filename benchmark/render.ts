import { boundOf, OURS, shortcomings } from './bounds';
import type { Cell, SafetyComparison } from './comparison';
import { explanations } from './explanations';
import { introduction } from './introduction';
import { isHarmful, type ReleaseKind } from './release-kinds';
import { type Proportion, percent } from './statistics';

/** @returns The comparison for people, as Markdown. */
export function renderMarkdown(comparison: SafetyComparison): string {
  const { kinds } = comparison;
  return joined([
    '# What stops a bad release',
    introduction(comparison),
    ...tablesOf(comparison),
    '## Kinds of releases',
    kinds.map(({ name, line }) => `- **${name}**: ${line}`).join('\n'),
    '## Details',
    ...kinds.flatMap((kind) => [`### ${kind.name}`, detailsOf(comparison, kind)]),
    '## How it was measured',
    methodOf(comparison),
  ]);
}

/** @returns The tables for a terminal; the details too when only one kind was played. */
export function renderSummary(comparison: SafetyComparison): string {
  const [kind, ...others] = comparison.kinds;
  const details = kind && others.length === 0 ? [`### ${kind.name}`, detailsOf(comparison, kind)] : [];
  return joined([...tablesOf(comparison), ...details, 'The whole page, with every cell: --out DIR']);
}

/** @returns The configurations, whether `ours` is within its bounds, and the results with bad and with good releases. */
function tablesOf(comparison: SafetyComparison): readonly string[] {
  const bad = comparison.kinds.filter(isHarmful);
  const good = comparison.kinds.filter((kind) => !isHarmful(kind));
  return [
    configurationsOf(comparison),
    ...boundsOf(comparison),
    ...(bad.length > 0
      ? [
          '## Bad releases',
          LEGEND_BAD,
          tableOf(comparison, bad, badCell),
          '### Where ours is not the best',
          explanationsOf(comparison),
        ]
      : []),
    ...(good.length > 0
      ? [
          '## Good releases',
          LEGEND_GOOD,
          tableOf(comparison, good, ({ stopped }) => withInterval(stopped)),
          ...stoppedWithoutNeed(comparison),
        ]
      : []),
  ];
}

function joined(sections: readonly string[]): string {
  return `${sections.join('\n\n')}\n`;
}

/** @returns The comparison for machines: everything except the functions of the faults. */
export function renderJson({ kinds, configurations, service, horizon, cells, flat }: SafetyComparison): string {
  const content = {
    horizonSeconds: horizon,
    service,
    configurations,
    rows: kinds.map(({ fault: _, ...kind }) => kind),
    flatDeployHarms: flat,
    cells,
  };
  const members = Object.entries(content).map(([name, value]) => `  ${JSON.stringify(name)}: ${lineByLine(value)}`);
  return `{\n${members.join(',\n')}\n}\n`;
}

/** @returns JSON with a line for each item of a list, so that a change of one cell is a change of one line. */
function lineByLine(value: unknown): string {
  if (!Array.isArray(value)) return JSON.stringify(value);
  return `[\n${value.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`;
}

const LEGEND_BAD = `Each cell: releases that were stopped, and the requests that they harmed as a share of what a flat deploy harms (all traffic
at once, without alarms or hooks). **Bold** is the least harm with this kind of release (or up to a hundredth more). More
than 100 % is a fault that a canary makes worse, because it needs the old version for longer.`;

const LEGEND_GOOD = `Nothing is wrong with these releases, whatever happens at the same time. Each cell: releases that were stopped without need,
with the 95 % interval. Less is better.`;

/** Share of good releases that `ours` may stop without a line about the cause. */
const TOLERATED = 0.01;

function boundsOf(comparison: SafetyComparison): readonly string[] {
  if (!comparison.configurations.some(({ name }) => name === OURS)) return [];
  const short = shortcomings(comparison);
  if (short.length === 0) return ['✔ `ours` is within its bounds, which `benchmark/bounds.ts` sets.'];
  return [
    ['✖ `ours` is out of its bounds, which `benchmark/bounds.ts` sets:', ...short.map((each) => `- ${each}`)].join(
      '\n',
    ),
  ];
}

function configurationsOf({ configurations }: SafetyComparison): string {
  return [
    row(['configuration', 'what it is', 'shift', 'source']),
    row(['---', '---', '---', '---']),
    ...configurations.map(({ name, line, deploymentType, source }) => row([name, line, deploymentType, source])),
  ].join('\n');
}

function tableOf(
  comparison: SafetyComparison,
  kinds: readonly ReleaseKind[],
  show: (cell: Cell, ofKind: readonly Cell[]) => string,
): string {
  const names = comparison.configurations.map(({ name }) => name);
  return [
    row(['', ...names]),
    row(['---', ...names.map(() => '---')]),
    ...kinds.map((kind) => {
      const cells = cellsOf(comparison, kind);
      return row([kind.name, ...cells.map((cell) => show(cell, cells))]);
    }),
  ].join('\n');
}

function badCell(cell: Cell, ofKind: readonly Cell[]): string {
  const text = `${percent(cell.stopped.share)} · ${ofFlat(cell)}`;
  const harm = ({ exposure }: Cell) => exposure?.mean ?? 0;
  return harm(cell) <= Math.min(...ofKind.map(harm)) * 1.01 ? `**${text}**` : text;
}

function explanationsOf(comparison: SafetyComparison): string {
  const found = explanations(comparison);
  if (found.length === 0) return 'There is no such kind of release.';
  return found.map(({ kind, why }) => `- **${kind}**: ${why}`).join('\n');
}

/** @returns The kinds of good releases that `ours` stops more often than tolerated, with what stops them. */
function stoppedWithoutNeed({ kinds, cells }: SafetyComparison): readonly string[] {
  const stopped = cells.filter((cell) => {
    const isGood = kinds.some((kind) => kind.name === cell.row && !isHarmful(kind));
    return cell.configuration === OURS && isGood && cell.stopped.low > TOLERATED;
  });
  if (stopped.length === 0) return [];
  const lines = stopped.map((cell) => `- **${cell.row}**: ${percent(cell.stopped.share)}, by ${byOf(cell)}`);
  return ['### Good releases that ours stops', lines.join('\n')];
}

function detailsOf(comparison: SafetyComparison, kind: ReleaseKind): string {
  const harmful = isHarmful(kind);
  const head = [
    '',
    'releases',
    'stopped',
    'by',
    's to rollback',
    ...(harmful ? ['median harmed', 'mean harmed', 'of flat'] : []),
  ];
  const bound = boundOf(kind);
  return [
    ...(harmful ? [`A flat deploy harms ${count(comparison.flat[kind.name] ?? 0)} requests.`] : []),
    ...(bound ? [`With \`ours\`, ${percent(bound.mayPass)} of these releases may pass: ${bound.why}.`] : []),
    ...(harmful || bound ? [''] : []),
    row(head),
    row(head.map(() => '---')),
    ...cellsOf(comparison, kind).map((cell) =>
      row([
        cell.configuration,
        String(cell.releases),
        withInterval(cell.stopped),
        byOf(cell),
        cell.secondsToRollback === undefined ? '' : String(Math.round(cell.secondsToRollback)),
        ...(harmful ? [count(cell.exposure?.median ?? 0), count(cell.exposure?.mean ?? 0), ofFlat(cell)] : []),
      ]),
    ),
  ].join('\n');
}

function byOf({ by, checks }: Cell): string {
  const shown = by.slice(0, 3).map(({ what, share }) => (by.length > 1 ? `${what} ${percent(share)}` : what));
  const [check] = checks;
  return [
    ...shown,
    ...(check ? [`(${check.what.length > 60 ? `${check.what.slice(0, 60)}…` : check.what})`] : []),
  ].join(', ');
}

function cellsOf({ cells }: SafetyComparison, { name }: ReleaseKind): readonly Cell[] {
  return cells.filter((cell) => cell.row === name);
}

function ofFlat({ exposure }: Cell): string {
  if (!exposure) return '';
  return exposure.ofFlat === undefined ? 'none harmed' : percent(exposure.ofFlat);
}

function withInterval({ share, low, high }: Proportion): string {
  return `${percent(share)} (${percent(low)}–${percent(high)})`;
}

function count(value: number): string {
  return value < 10 && !Number.isInteger(value) ? value.toFixed(1) : String(Math.round(value));
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function methodOf({ service, horizon, kinds, configurations }: SafetyComparison): string {
  const total = service.routes.reduce((sum, { share }) => sum + share, 0);
  const routes = service.routes.map(({ route, share }) => `${route} ${percent(share / total)}`).join(', ');
  const rates = [...new Set(kinds.map(({ requestsPerSecond }) => requestsPerSecond))].sort((a, b) => a - b).join(', ');
  const hooks = configurations.some(({ hooks: kind }) => kind === 'checks')
    ? [
        '- The hooks of `ours` are the code of canary-guard, run in this process; their calls take the virtual time of the model.',
      ]
    : [];
  return [
    '- CloudWatch and CodeDeploy are those of the embedded AWS, with their delays, polling, missing data, hooks and rollback. Each has its sources in a `contract.md`.',
    `- The service is a model: one function behind an API with the routes ${routes}. The sample has only one route, and a fault of one route would be a fault of all requests. ${service.routes.at(-1)!.route} is the rarest.`,
    `- Users’ requests are a Poisson process of ${rates} a second, as the kind of release says (10 where it says nothing). The same seed gives the same requests to every configuration.`,
    '- Faults are those of `npm run rehearse -- --list-faults`, applied to each request. A handler takes 5 to 20 ms, a cold start 150 to 300 ms more; an error takes as long as an answer.',
    `- Harm is counted from the beginning of the stack’s update until ${horizon / 60} minutes after the beginning of the deployment, for every configuration. A request is harmed when the fault affects it: it is answered with a 5xx, without its content, or later than without the fault. The first requests of a leak are only milliseconds slower, and count too.`,
    '- A permission that the old version still needs is missing from the update of the function until that is rolled back. A flat deploy needs it for seconds only, so a canary can harm more: more than 100 %.',
    '- The time to rollback runs from the first harmed request, or else from the beginning of the shift, until the old version serves all traffic again; it is 0 when nothing had been shifted.',
    ...hooks,
    '- Intervals are 95 % intervals by Wilson. Seeds are fixed: the same command writes the same files.',
    '- The article’s configuration as printed names an alarm that the template does not have, and CloudFormation refuses it. It is compared as a configuration whose alarm is not attached, which it becomes when the wrong name is removed.',
    '- **Not modelled**: concurrent requests (each version has one environment at a time, so cold starts are rarer than on a busy service), throttles, a daily rhythm, errors that come in clusters, retries by clients, and the work of a real function’s code. The hooks look back on the six to seven minutes that the model has before the update. The metrics of a REST API are taken to count what those of an HTTP API count.',
  ].join('\n');
}
