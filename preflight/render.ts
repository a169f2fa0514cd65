import type { Finding } from './finding';
import { BACKGROUND, BAD, type Power } from './power/power';
import type { AlarmPower, Preflight } from './preflight';
import { duration } from './rules/words';
import type { Canary } from './subject';

const SYMBOLS = { error: '✖ error', warning: '⚠ warning' } as const;
const WIDTH = 110;

/** @param title e.g. the directory of the package */
export function render(title: string, { subject, findings, powers }: Preflight): string {
  const keys = new Set([...subject.canaries.map(({ key }) => key), ...findings.map(({ where }) => where.function)]);
  const sections = [...keys].map((key) => {
    const canary = subject.canaries.find((each) => each.key === key);
    const own = findings.filter(({ where }) => where.function === key);
    const alarms = powers.find((each) => each.canary === canary)?.alarms ?? [];
    const parts = [
      heading(key, canary),
      ...own.map(finding),
      ...(canary && alarms.length > 0 ? [table(canary, alarms)] : []),
    ];
    return parts.join('\n\n');
  });
  if (sections.length === 0) sections.push('no function is released by a canary');
  return [`preflight of ${title}`, ...sections, summary(findings, subject.deployed !== undefined)].join('\n\n');
}

function heading(key: string | undefined, canary: Canary | undefined): string {
  if (!canary) return key ?? 'the service';
  const shift = canary.shift?.name ?? 'a deployment configuration that is not known here';
  return `${key} · alias ${canary.aliasName} · ${shift}`;
}

function finding({ rule, severity, where, why, fix }: Finding): string {
  const alarm = where.alarm === undefined ? '' : `  ${where.alarm}`;
  return [
    `  ${SYMBOLS[severity]} ${rule}${alarm}`,
    `    at   ${where.path}`,
    ...wrapped('why', why),
    ...wrapped('fix', fix),
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
  return [...lines, line].map((each, index) => `    ${index === 0 ? label : '   '}  ${each}`);
}

function table(canary: Canary, alarms: readonly AlarmPower[]): string {
  const computed = alarms.flatMap(({ alarm, power }) =>
    power.type === 'computed' ? [{ name: alarm.name, power }] : [],
  );
  const others = alarms.flatMap(({ alarm, power }) =>
    power.type === 'computed' ? [] : [`    ${shortened(alarm.name)}: not computed: ${power.why}`],
  );
  const lines = computed.length === 0 ? [] : chances(canary, computed);
  const rest = others.length === 0 ? [] : [...(lines.length > 0 ? [''] : []), ...others];
  return ['  power of its alarms', ...lines, ...rest].join('\n');
}

type Computed = Extract<Power, { readonly type: 'computed' }>;

function chances(
  canary: Canary,
  rows: readonly { readonly name: string; readonly power: Computed }[],
): readonly string[] {
  const names = rows.map(({ name }) => shortened(name));
  const wide = Math.max(...names.map((name) => name.length), 4);
  const head = (share: number) => `${share * 100} %`.padStart(8);
  const rate = canary.requestsPerSecond ?? 0;
  const seconds = canary.shift?.seconds ?? 0;
  const left = ' '.repeat(wide + 4);
  return [
    `    chance to stop a release, at ${Number(rate.toFixed(2))} requests a second, within ${duration(seconds)}`,
    `${left}  ${'a bad one, that fails'.padEnd(8 * BAD.length)}   a good one, both versions failing`,
    `${left}${BAD.map(head).join('')}   ${BACKGROUND.map(head).join('')}`,
    ...rows.map(({ power }, index) => {
      const bad = power.stopsBad.map((each) => chance(each).padStart(8)).join('');
      const good = power.stopsGood.map((each) => chance(each).padStart(8)).join('');
      return `    ${names[index]!.padEnd(wide)}${bad}   ${good}`;
    }),
  ];
}

/** Never rounds what can happen to 0 or what can fail to 100. */
function chance(probability: number): string {
  const percent = probability * 100;
  if (probability < 1e-9) return '0 %';
  if (percent < 0.1) return '<0.1 %';
  if (probability > 1 - 1e-9) return '100 %';
  if (percent > 99.9) return '>99.9 %';
  return `${percent < 10 || percent > 99 ? percent.toFixed(1) : Math.round(percent)} %`;
}

function shortened(name: string): string {
  const plain = name.replaceAll(/\$\{\w+Version\w*\.Version\}/g, '<version>');
  return plain.length <= 60 ? plain : `…${plain.slice(-59)}`;
}

function summary(findings: readonly Finding[], knowsDeployed: boolean): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;
  const verdict = `${errors > 0 ? '✖' : '✔'} ${count(errors, 'error')}, ${count(warnings, 'warning')}`;
  const unseen = knowsDeployed ? '' : '; changes against what is live are not checked: --deployed FILE';
  return `${verdict}${unseen}`;
}

/** The same facts for a machine. */
export function toJson(title: string, { findings, powers, subject }: Preflight): object {
  return {
    service: title,
    comparedWithDeployed: subject.deployed !== undefined,
    findings,
    power: powers.flatMap(({ canary, alarms }) =>
      alarms.map(({ alarm, power }) => ({
        function: canary.key,
        shift: canary.shift?.name,
        requestsPerSecond: canary.requestsPerSecond,
        alarm: alarm.name,
        logicalId: alarm.id,
        ...(power.type === 'computed'
          ? {
              type: power.type,
              stopsBad: BAD.map((fails, index) => ({ fails, chance: power.stopsBad[index] })),
              stopsGood: BACKGROUND.map((fails, index) => ({ fails, chance: power.stopsGood[index] })),
            }
          : power),
      })),
    ),
  };
}
