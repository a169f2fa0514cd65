import type { Deployed } from './deployed';
import { RELEASES } from './power/draw';
import { BACKGROUND, BAD, type Chances, type KnownPower, type Power } from './power/power';
import type { CanaryAlarms, Finding, Preflight } from './preflight';
import { duration } from './rules/phrases';
import type { Canary } from './subject';

const SYMBOLS = { error: '✖ error', warning: '⚠ warning' } as const;
const WIDTH = 110;

/**
 * Renders the report for people.
 *
 * @param title Title of the report, e.g. the directory of the package.
 * @param live What the service was compared with.
 */
export function render(title: string, { subject, findings, powers }: Preflight, live: Deployed): string {
  const keys = new Set([...subject.canaries.map(({ key }) => key), ...findings.map(({ where }) => where.function)]);
  const sections = [...keys].map((key) => {
    const canary = subject.canaries.find((each) => each.key === key);
    const own = findings.filter(({ where }) => where.function === key);
    const watching = powers.find((each) => each.canary === canary);
    const parts = [
      heading(key, canary),
      ...own.map(finding),
      ...(watching && watching.alarms.length > 0 ? [table(watching)] : []),
    ];
    return parts.join('\n\n');
  });
  if (sections.length === 0) sections.push('no function is released by a canary');
  return [`preflight of ${title}`, ...sections, summary(findings, live)].join('\n\n');
}

function heading(key: string | undefined, canary: Canary | undefined): string {
  if (!canary) return key ?? 'the service';
  const shift = canary.shift?.name ?? 'unknown deployment configuration';
  return `${key} · alias ${canary.aliasName} · ${shift}`;
}

function finding({ rule, severity, where, why, fix }: Finding): string {
  const alarm = where.alarm === undefined ? '' : `  ${where.alarm}`;
  return [
    `  ${SYMBOLS[severity]} ${rule}${alarm}`,
    `    at   ${where.path}`,
    ...wrapped('why  ', why),
    ...wrapped('fix  ', fix),
  ].join('\n');
}

function wrapped(label: string, sentence: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of sentence.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH - 9) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each, index) => `    ${index === 0 ? label : '     '}${each}`);
}

function table({ canary, alarms, together }: CanaryAlarms): string {
  const rows = alarms.flatMap(({ alarm, power }): readonly Row[] =>
    power.type === 'not computed' ? [] : [{ name: shortened(alarm.name), power }],
  );
  const notComputed = alarms.flatMap(({ alarm, power }) =>
    power.type === 'not computed' ? wrapped('', `${shortened(alarm.name)}: not computed: ${power.why}`) : [],
  );
  const all = together ? [...rows, { name: 'all of these', power: together }] : rows;
  const parts = [...(all.length > 0 ? [chances(canary, all)] : []), ...(notComputed.length > 0 ? [notComputed] : [])];
  return ['  power of its alarms', ...parts.flatMap((lines, index) => (index > 0 ? ['', ...lines] : lines))].join('\n');
}

interface Row {
  readonly name: string;
  readonly power: KnownPower;
}

function chances(canary: Canary, rows: readonly Row[]): readonly string[] {
  const names = rows.map(({ name, power }) => (power.type === 'estimated' ? `${name} ≈` : name));
  const wide = Math.max(...names.map((name) => name.length), 4);
  const head = (share: number) => `${share * 100} %`.padStart(8);
  const rate = canary.requestsPerSecond ?? 0;
  const seconds = canary.shift?.seconds ?? 0;
  const left = ' '.repeat(wide + 4);
  const lines = (pick: (power: KnownPower) => Chances | undefined) =>
    rows.flatMap(({ power }, index) => {
      const found = pick(power);
      const shown = (each: number) => chance(each, power.type).padStart(8);
      const [bad, good] = [found?.stopsBad.map(shown).join(''), found?.stopsGood.map(shown).join('')];
      return found ? [`    ${names[index]!.padEnd(wide)}${bad}   ${good}`] : [];
    });
  const answering = lines(({ answering5xx }) => answering5xx);
  return [
    `    chance to stop a release, at ${Number(rate.toFixed(2))} requests a second, within ${duration(seconds)}`,
    `${left}  ${'a bad one, that fails'.padEnd(8 * BAD.length)}   a good one, both versions failing`,
    `${left}${BAD.map(head).join('')}   ${BACKGROUND.map(head).join('')}`,
    ...(answering.length > 0 ? ['    requests that fail throw, crash or time out:'] : []),
    ...lines((power) => power),
    ...(answering.length > 0
      ? ['    requests that fail are answered with a 5xx, which Lambda does not count:', ...answering]
      : []),
    ...(rows.some(({ power }) => power.type === 'estimated')
      ? [`    ≈ estimated from ${RELEASES.toLocaleString('en')} drawn releases, to within 1 percentage point`]
      : []),
  ];
}

/** Never rounds what is possible to 0 %, or what is not certain to 100 %. An estimate of 0 may still be possible. */
function chance(probability: number, type: KnownPower['type']): string {
  const percent = probability * 100;
  const isExact = type === 'computed';
  if (isExact && probability < 1e-9) return '0 %';
  if (percent < 0.1) return '<0.1 %';
  if (isExact && probability > 1 - 1e-9) return '100 %';
  if (percent > 99.9) return '>99.9 %';
  return `${percent < 10 || percent > 99 ? percent.toFixed(1) : Math.round(percent)} %`;
}

function shortened(name: string): string {
  const plain = name.replaceAll(/\$\{\w+Version\w*\.Version\}/g, '<version>');
  return plain.length <= 60 ? plain : `…${plain.slice(-59)}`;
}

function summary(findings: readonly Finding[], live: Deployed): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;
  const total = `${errors > 0 ? '✖' : '✔'} ${count(errors, 'error')}, ${count(warnings, 'warning')}`;
  return [total, ...compared(live)].join('; ');
}

function compared(live: Deployed): readonly string[] {
  switch (live.type) {
    case 'template':
      return [];
    case 'nothing':
      return [`nothing is deployed yet: ${live.region} has no stack ${live.stackName} in this account`];
    case 'unknown':
      return [`not compared with what is live: ${live.why}`];
  }
}

/** @returns The same facts for machines. */
export function toJson(title: string, { findings, powers }: Preflight, live: Deployed): object {
  return {
    service: title,
    comparedWithDeployed: live.type === 'template',
    ...(live.type !== 'template' && { notCompared: compared(live)[0] }),
    findings,
    power: powers.flatMap(({ canary, alarms, together }) => {
      const of = { function: canary.key, shift: canary.shift?.name, requestsPerSecond: canary.requestsPerSecond };
      return [
        ...alarms.map(({ alarm, power }) => ({ ...of, alarm: alarm.name, logicalId: alarm.id, ...powerAsJson(power) })),
        ...(together ? [{ ...of, allAlarms: true, ...powerAsJson(together) }] : []),
      ];
    }),
  };
}

function powerAsJson(power: Power): object {
  if (power.type === 'not computed') return power;
  const named = ({ stopsBad, stopsGood }: Chances) => ({
    stopsBad: BAD.map((fails, index) => ({ fails, chance: stopsBad[index] })),
    stopsGood: BACKGROUND.map((fails, index) => ({ fails, chance: stopsGood[index] })),
  });
  return {
    type: power.type,
    ...(power.type === 'estimated' && { releases: RELEASES }),
    ...named(power),
    ...(power.answering5xx && { answering5xx: named(power.answering5xx) }),
  };
}
