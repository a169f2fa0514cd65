/** An environment, and how to read it. */
export interface WatchedEnvironment {
  /** Also the name of its stage in the pipeline. */
  readonly name: string;
  /** Name of the service's stack. */
  readonly stack: string;
  readonly account: string;
  readonly region: string;
  /** ARN of the role that may read the environment and, unless it is the dashboard's, write to its ledger. */
  readonly role: string;
}

/**
 * The environments as the variable ENVIRONMENTS of a function has them. What they have in common is written once, because Lambda
 * allows 4 KB for all variables of a function: so 47 environments fit, which is the most that a pipeline can have.
 */
interface WatchedEnvironments {
  /** Name of each stack, with the placeholder {name}. */
  readonly stack: string;
  /** ARN of each role, with the placeholders {account} and {stack}. */
  readonly role: string;
  /** For each environment its name, account and region; then its stack, if that is not as above. Separated by blanks. */
  readonly environments: readonly string[];
}

const FORM = '{"stack","role","environments":["name account region", …]}';

/**
 * @param environments May contain CDK tokens as accounts and regions.
 * @param role ARN of the role of an environment, with the placeholders {account} and {stack}.
 * @returns What the variable ENVIRONMENTS has to contain, to be written as JSON.
 */
export function writeEnvironments(
  environments: readonly Omit<WatchedEnvironment, 'role'>[],
  role: string,
): WatchedEnvironments {
  const [first] = environments;
  const stack = first?.stack.endsWith(first.name) ? `${first.stack.slice(0, -first.name.length)}{name}` : '{name}';
  return {
    stack,
    role,
    environments: environments.map(({ name, account, region, ...own }) =>
      [name, account, region, ...(own.stack === stack.replace('{name}', name) ? [] : [own.stack])].join(' '),
    ),
  };
}

/** @param problems Every problem with the variable is added here. */
export function readEnvironments(json: string, problems: string[]): WatchedEnvironment[] {
  if (!json) return [];
  let written: Partial<WatchedEnvironments> | null;
  try {
    written = JSON.parse(json);
  } catch (error) {
    problems.push(`ENVIRONMENTS is not JSON (${(error as Error).message}), it must be ${FORM}`);
    return [];
  }
  const { stack, role, environments } = written ?? {};
  if (
    typeof stack !== 'string' ||
    typeof role !== 'string' ||
    !Array.isArray(environments) ||
    environments.length === 0
  ) {
    problems.push(`ENVIRONMENTS is ${json}, it must be ${FORM}`);
    return [];
  }
  return environments.flatMap((entry: unknown, index): WatchedEnvironment[] => {
    const words = typeof entry === 'string' ? entry.split(' ') : [];
    const [name = '', account = '', region = '', own = stack.replace('{name}', name)] = words;
    if (words.length < 3 || words.length > 4 || words.includes('')) {
      problems.push(
        `ENVIRONMENTS.environments[${index}] is ${JSON.stringify(entry)}, it must be "name account region"`,
      );
      return [];
    }
    return [{ name, stack: own, account, region, role: role.replace('{account}', account).replace('{stack}', own) }];
  });
}
