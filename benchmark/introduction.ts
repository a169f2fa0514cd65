import { OURS } from './bounds';
import type { Cell, SafetyComparison } from './comparison';
import { explanations } from './explanations';
import { isHarmful } from './release-kinds';
import { percent } from './statistics';

/**
 * @returns The first sentences of the page: what was compared, how, what the numbers mean, the main result, where `ours` is
 * not the best, and how to make the page again.
 */
export function introduction(comparison: SafetyComparison): string {
  const { kinds, configurations, cells } = comparison;
  const bad = kinds.filter(isHarmful).length;
  const good = kinds.length - bad;
  const published = configurations.filter(({ name }) => !isOurs(name)).length;
  const sizes = cells.map(({ releases }) => releases);
  const [fewest, most] = [Math.min(...sizes), Math.max(...sizes)];
  const times = fewest === most ? `${fewest}` : `${fewest} to ${most.toLocaleString('en')}`;
  const repository = configurations.length - published;
  return [
    `${counted(configurations.length, 'way')} to release a Lambda function by CodeDeploy ${configurations.length === 1 ? 'is' : 'are'} compared: ${published} that others have published, and ${repository} of this repository.`,
    `Every one has to deal with ${counted(bad, 'kind')} of bad releases and ${counted(good, 'kind')} of good ones, each played ${times} times in virtual time with the CloudWatch and CodeDeploy of the embedded AWS and a model of a service ([how](#how-it-was-measured)).`,
    'The numbers are the share of releases that were stopped, and, of bad releases, the requests that they harmed as a share of what the same releases harm when all traffic moves at once.',
    ...resultOf(comparison),
    '`npm run bench:safety` writes this page and `safety.json` again; do not edit them.',
  ].join('\n');
}

function isOurs(name: string): boolean {
  return name.startsWith(OURS);
}

/** @returns The main result and where `ours` is not the best; nothing when `ours` was not compared with any other. */
function resultOf(comparison: SafetyComparison): readonly string[] {
  const { configurations } = comparison;
  const others = configurations.filter(({ name }) => !isOurs(name)).map(({ name }) => resultsOf(comparison, name));
  const [best] = others.sort((a, b) => b.stopped - a.stopped || a.stoppedGood - b.stoppedGood);
  if (!best || !configurations.some(({ name }) => name === OURS)) return [];
  const ours = resultsOf(comparison, OURS);
  const blind = others.filter(({ someStopped }) => someStopped === 0).length;
  const also = best.mostStoppedGood > ours.mostStoppedGood ? 'but also' : 'and';
  const notBest = explanations(comparison).map(({ kind }) => kind);
  return [
    `\`${OURS}\` stopped all releases of ${ours.stopped} of the ${ours.bad} bad kinds, and ${goodOnes(ours)}; of the ${counted(others.length, 'published configuration')}, \`${best.name}\` stopped the most, all releases of ${best.stopped} bad kinds, ${also} ${goodOnes(best)}${blind > 0 ? `, and ${blind} stopped no bad release at all` : ''}.`,
    notBest.length === 0
      ? `With no kind of bad release does another configuration harm fewer requests than \`${OURS}\`.`
      : `With ${counted(notBest.length, 'kind')} of bad releases (${notBest.join(', ')}) another configuration harms fewer requests than \`${OURS}\`; [where ours is not the best](#where-ours-is-not-the-best) says why.`,
  ];
}

interface Results {
  readonly name: string;
  /** Number of bad kinds, and of bad kinds of which all releases were stopped. */
  readonly bad: number;
  readonly stopped: number;
  /** Number of bad kinds of which some release was stopped. */
  readonly someStopped: number;
  /** Number of good kinds, and of good kinds of which some release was stopped. */
  readonly good: number;
  readonly stoppedGood: number;
  /** Largest share of a good kind that was stopped, 0 to 1. */
  readonly mostStoppedGood: number;
}

function resultsOf({ kinds, cells }: SafetyComparison, name: string): Results {
  const own = new Map(cells.filter(({ configuration }) => configuration === name).map((cell) => [cell.row, cell]));
  const cellsWhere = (harmful: boolean): readonly Cell[] =>
    kinds.filter((kind) => isHarmful(kind) === harmful).flatMap((kind) => own.get(kind.name) ?? []);
  const [bad, good] = [cellsWhere(true), cellsWhere(false)];
  return {
    name,
    bad: bad.length,
    stopped: bad.filter(({ stopped }) => stopped.count === stopped.of).length,
    someStopped: bad.filter(({ stopped }) => stopped.count > 0).length,
    good: good.length,
    stoppedGood: good.filter(({ stopped }) => stopped.count > 0).length,
    mostStoppedGood: Math.max(0, ...good.map(({ stopped }) => stopped.share)),
  };
}

function goodOnes({ good, stoppedGood, mostStoppedGood }: Results): string {
  if (stoppedGood === 0) return 'no good release';
  return `good releases of ${stoppedGood} of the ${good} good kinds (up to ${percent(mostStoppedGood)} of a kind)`;
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
