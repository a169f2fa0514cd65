import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { watchPermissions } from '../../../lib/permissions/watch-permissions';
import { HOME, targetOf } from '../targets';
import { REPOSITORY } from '../test-app';

/** By the end of the client's package, what IAM calls the service. Of others the pipeline's own account is asked. */
const SERVICES: Readonly<Record<string, string>> = {
  cloudformation: 'cloudformation',
  cloudwatch: 'cloudwatch',
  'cloudwatch-logs': 'logs',
  codedeploy: 'codedeploy',
  dynamodb: 'dynamodb',
  lambda: 'lambda',
};

/** @returns what a source file calls of AWS in an environment, as IAM calls it */
function callsIn(source: string): string[] {
  return [...source.matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-([a-z-]+)'/g)].flatMap(([, names, client]) => {
    const service = SERVICES[client as string];
    const operations = [...(names as string).matchAll(/\b(?:paginate(\w+)|(\w+)Command)\b/g)];
    return service ? operations.map(([, paginated, sent]) => `${service}:${paginated ?? sent}`) : [];
  });
}

test("the pipeline's functions are allowed exactly what release/ calls in an environment", () => {
  const directory = join(REPOSITORY, 'release');
  const sources = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const called = sources.flatMap((name) => callsIn(readFileSync(join(directory, name), 'utf8')));
  const { names } = targetOf('prod');
  const allowed = watchPermissions(HOME, names).flatMap(({ actions }) => actions);
  expect(allowed.sort()).toEqual([...new Set(called)].sort());
});
