import { boundOf, OURS, shortcomings } from './bounds';
import type { Cell, Comparison } from './comparison';
import { explanations } from './explanations';
import { percent } from './percent';
import { hasExposure, type Row } from './release-kinds';
import type { Share } from './statistics';

/** @returns the comparison for people, as Markdown */
export function renderMarkdown(comparison: Comparison): string {
  const { rows } = comparison;
  return joined([
    '# What stops a bad release',
    `Made by \`npm run bench:safety\`: do not edit. Each cell is many releases, played with the embedded AWS in virtual time; [how](#how-it-was-measured).`,
    ...tablesOf(comparison),
    '## Rows',
    rows.map(({ name, line }) => `- **${name}**: ${line}`).join('\n'),
    '## Details',
    ...rows.flatMap((row) => [`### ${row.name}`, detailsOf(comparison, row)]),
    '## How it was measured',
    methodOf(comparison),
  ]);
}

/** @returns what the page begins with, for whoever looks at a terminal; of a single row also its details */
export function renderSummary(comparison: Comparison): string {
  const [row, ...others] = comparison.rows;
  const details = row && others.length === 0 ? [`### ${row.name}`, detailsOf(comparison, row)] : [];
  return joined([...tablesOf(comparison), ...details, 'The whole page, with every cell: --out DIR']);
}

/** What stands first: the verdict, who is compared, and what became of bad and of good releases. */
function tablesOf(comparison: Comparison): readonly string[] {
  const faulty = comparison.rows.filter((row) => row.expected === 'caught');
  const good = comparison.rows.filter((row) => row.expected === 'passed');
  return [
    verdictOf(comparison),
    configurationsOf(comparison),
    ...(faulty.length > 0
      ? [
          '## Bad releases',
          LEGEND_BAD,
          tableOf(comparison, faulty, badCell),
          '### Where ours is not the best',
          reasonsOf(comparison),
        ]
      : []),
    ...(good.length > 0
      ? ['## Good releases', LEGEND_GOOD, tableOf(comparison, good, goodCell), ...falseAlarmsOf(comparison)]
      : []),
  ];
}

function joined(sections: readonly string[]): string {
  return `${sections.join('\n\n')}\n`;
}

/** @returns the comparison for machines: everything, without what the alarms are made of */
export function renderJson({ rows, configurations, service, horizon, cells, flat }: Comparison): string {
  const content = {
    horizonSeconds: horizon,
    service,
    configurations,
    rows: rows.map(({ fault: _, ...row }) => row),
    flatDeployHarms: flat,
    cells,
  };
  const members = Object.entries(content).map(([name, value]) => `  ${JSON.stringify(name)}: ${lineByLine(value)}`);
  return `{\n${members.join(',\n')}\n}\n`;
}

/** @returns JSON with a line for each item of a list, so that a change of one cell is a change of one line */
function lineByLine(value: unknown): string {
  if (!Array.isArray(value)) return JSON.stringify(value);
  return `[\n${value.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`;
}

const LEGEND_BAD = `Each cell: releases stopped, and the requests that came to harm as a share of those that a flat deploy (all traffic at once,
nothing that watches) harms. **Bold** is the least harm of the row (no more than a hundredth above it). More than 100 % is a fault that a canary makes worse, because it needs the old version for longer.`;

const LEGEND_GOOD = `Nothing is wrong with these releases, whatever happens beside them. Each cell: releases that were stopped all the same, with the 95 %
interval. Less is better.`;

/** Share of good releases from which on it is said by what ours stops them. */
const TOLERATED = 0.01;

function verdictOf(comparison: Comparison): string {
  const short = shortcomings(comparison);
  if (!comparison.configurations.some(({ name }) => name === OURS)) return '';
  if (short.length === 0)
    return '✔ `ours` stops what can be told apart, and lets good releases pass, within the bounds that stand in `bounds.ts`.';
  return ['✖ `ours` is out of its bounds:', ...short.map((each) => `- ${each}`)].join('\n');
}

function configurationsOf({ configurations }: Comparison): string {
  return configurations
    .map(({ name, line, deploymentType }) => `- **${name}**: ${line} (${deploymentType})`)
    .join('\n');
}

function tableOf(
  comparison: Comparison,
  rows: readonly Row[],
  show: (cell: Cell, row: readonly Cell[]) => string,
): string {
  const names = comparison.configurations.map(({ name }) => name);
  return [
    line(['', ...names]),
    line(['---', ...names.map(() => '---')]),
    ...rows.map((row) => {
      const cells = cellsOf(comparison, row);
      return line([row.name, ...cells.map((cell) => show(cell, cells))]);
    }),
  ].join('\n');
}

function badCell(cell: Cell, row: readonly Cell[]): string {
  const text = `${percent(cell.stopped.share)} · ${ofFlat(cell)}`;
  const harm = ({ exposure }: Cell) => exposure?.mean ?? 0;
  return harm(cell) <= Math.min(...row.map(harm)) * 1.01 ? `**${text}**` : text;
}

function goodCell({ stopped }: Cell): string {
  return withInterval(stopped);
}

function reasonsOf(comparison: Comparison): string {
  const reasons = explanations(comparison);
  if (reasons.length === 0) return 'There is no such row.';
  return reasons.map(({ row, why }) => `- **${row}**: ${why}`).join('\n');
}

/** Good releases that ours stops more often than chance explains. */
function falseAlarmsOf({ rows, cells }: Comparison): readonly string[] {
  const stopped = cells.filter(({ row, configuration, stopped: { low } }) => {
    const isGood = rows.some(({ name, expected }) => name === row && expected === 'passed');
    return configuration === OURS && isGood && low > TOLERATED;
  });
  if (stopped.length === 0) return [];
  const each = stopped.map((cell) => `- **${cell.row}**: ${percent(cell.stopped.share)}, by ${byOf(cell)}`);
  return ['### Good releases that ours stops', each.join('\n')];
}

function detailsOf(comparison: Comparison, row: Row): string {
  const exposed = hasExposure(row);
  const head = [
    '',
    'releases',
    'stopped',
    'by',
    's to rollback',
    ...(exposed ? ['median harm', 'mean harm', 'of flat'] : []),
  ];
  const bound = boundOf(row);
  return [
    ...(exposed ? [`A flat deploy harms ${count(comparison.flat[row.name] ?? 0)} requests.`] : []),
    ...(bound ? [`\`ours\` may let ${percent(bound.mayPass)} pass: ${bound.why}.`] : []),
    ...(exposed || bound ? [''] : []),
    line(head),
    line(head.map(() => '---')),
    ...cellsOf(comparison, row).map((cell) =>
      line([
        cell.configuration,
        String(cell.releases),
        withInterval(cell.stopped),
        byOf(cell),
        cell.secondsToRollback === undefined ? '' : String(Math.round(cell.secondsToRollback)),
        ...(exposed ? [count(cell.exposure?.median ?? 0), count(cell.exposure?.mean ?? 0), ofFlat(cell)] : []),
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

function cellsOf({ cells }: Comparison, row: Row): readonly Cell[] {
  return cells.filter((cell) => cell.row === row.name);
}

function ofFlat({ exposure }: Cell): string {
  if (!exposure) return '';
  return exposure.ofFlat === undefined ? 'none harmed' : percent(exposure.ofFlat);
}

function withInterval({ share, low, high }: Share): string {
  return `${percent(share)} (${percent(low)}–${percent(high)})`;
}

function count(value: number): string {
  return value < 10 && !Number.isInteger(value) ? value.toFixed(1) : String(Math.round(value));
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function methodOf({ service, horizon, rows, configurations }: Comparison): string {
  const total = service.routes.reduce((sum, { share }) => sum + share, 0);
  const routes = service.routes.map(({ route, share }) => `${route} ${percent(share / total)}`).join(', ');
  const rates = [...new Set(rows.map(({ requestsPerSecond }) => requestsPerSecond))].sort((a, b) => a - b).join(', ');
  const hooks = configurations.some(({ hooks: kind }) => kind === 'checks')
    ? ['- The hooks of `ours` are the service’s own code, asked in process; their calls take the model’s time.']
    : [];
  return [
    `- CloudWatch and CodeDeploy are those of the embedded AWS: their delays, polling, missing data, hooks and rollback. Their sources stand in their \`contract.md\`.`,
    `- The service is a model: one function behind an API with the routes ${routes}. The sample has one route only, and a fault of one route would be one of all. ${service.routes.at(-1)!.route} is the rarest.`,
    `- People come by a Poisson process, ${rates} a second as the row says (10 where it says nothing). The same seed brings the same people to every configuration.`,
    `- Faults are those of \`npm run rehearse -- --list-faults\`, applied to each request. A handler takes 5 to 20 ms, a cold start 150 to 300 ms more; errors come within that time.`,
    `- Harm is counted from the beginning of the stack’s update until ${horizon / 60} minutes after the beginning of the deployment, for every configuration. It is every request that met the fault: answered with a 5xx, without its content, or slower than it would have been. A leak’s first requests are slower by milliseconds only, and count too.`,
    `- A permission that the old version still needs is missing from the function’s update until that has been taken back. A flat deploy needs it for seconds only, so a canary may harm more than that: more than 100 %.`,
    `- The time to rollback runs from the first request that met the fault, or else from the beginning of the shift, until the alias is back; 0 if nothing had met it.`,
    ...hooks,
    `- Intervals are 95 % by Wilson. Seeds are fixed: the same command writes the same files.`,
    `- The article’s configuration as printed names an alarm that the template does not have, and CloudFormation refuses it. It is taken as one without an alarm, which it becomes as soon as somebody removes the name.`,
    `- **Left out**: requests side by side (each version has one environment at a time, so cold starts are rarer than on a busy service), throttles, daily rhythm, errors that come in clusters, retries by clients, and whatever a function’s own code does. The past that the hooks look back on is all six to seven minutes that the model has before the update. What a REST API counts is taken to be what an HTTP API counts.`,
  ].join('\n');
}
