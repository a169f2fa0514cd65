import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { watchPermissions } from '../../../lib/permissions/watch-permissions';
import { environmentNamed, HOME } from '../environments';
import { REPOSITORY } from '../test-app';

/** IAM's name of a service by the end of its client's package. Other services are called in the pipeline's account. */
const SERVICES: Readonly<Record<string, string>> = {
  cloudformation: 'cloudformation',
  cloudwatch: 'cloudwatch',
  'cloudwatch-logs': 'logs',
  codedeploy: 'codedeploy',
  dynamodb: 'dynamodb',
  lambda: 'lambda',
};

/** @returns The AWS operations that a source file calls in an environment, as IAM actions. */
function callsIn(source: string): string[] {
  return [...source.matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-([a-z-]+)'/g)].flatMap(([, names, client]) => {
    const service = SERVICES[client as string];
    const operations = [...(names as string).matchAll(/\b(?:paginate(\w+)|(\w+)Command)\b/g)];
    return service ? operations.map(([, paginated, sent]) => `${service}:${paginated ?? sent}`) : [];
  });
}

/** What only Deploy does, as the environment's deploy role. */
const ONLY_DEPLOY = ['deploy/adopt-boundary.ts'];

test("the pipeline's functions are allowed exactly what release/ calls in an environment", () => {
  const directory = join(REPOSITORY, 'release');
  const sources = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !ONLY_DEPLOY.includes(name),
  );
  const called = sources.flatMap((name) => callsIn(readFileSync(join(directory, name), 'utf8')));
  const { names } = environmentNamed('prod');
  const allowed = watchPermissions(HOME, names).flatMap(({ actions }) => actions);
  expect(allowed.sort()).toEqual([...new Set(called)].sort());
});
