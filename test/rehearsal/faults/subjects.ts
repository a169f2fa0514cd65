import type { EffectSubject } from '../../../embedded-aws/lambda/effect';
import type { FunctionVersion, LambdaFunction } from '../../../embedded-aws/lambda/function';

export const start = Date.parse('2026-03-02T09:00:00Z');

/** A version as Lambda stores it. By default, its code differs from that of all other versions. */
export function versionOf(version: string, { lastModified = start, code = version } = {}): FunctionVersion {
  return {
    functionName: 'shop-hello',
    version,
    configuration: {
      runtime: 'nodejs20.x',
      handler: 'index.handler',
      role: 'arn:aws:iam::111122223333:role/run',
      description: '',
      timeout: 6,
      memorySize: 128,
      environment: { NODE_OPTIONS: '--enable-source-maps', TABLE: 'orders' },
      architectures: ['arm64'],
      tracing: 'PassThrough',
      logGroup: '/aws/lambda/shop-hello',
    },
    code: { bucket: 'b', key: 'k', sha256: code, size: 1, taskRoot: '/tmp' },
    lastModified,
    revisionId: 'r',
  };
}

/** A function with an alias, whose $LATEST has the code of a version. */
export function functionOf(latest: string, weights: Readonly<Record<string, number>> = {}): LambdaFunction {
  const alias = { name: 'Live', description: '', state: { functionVersion: '1', weights }, revisionId: 'r' };
  return {
    name: 'shop-hello',
    latest: versionOf('$LATEST', { code: latest }),
    versions: new Map(),
    aliases: new Map([['Live', alias]]),
    policies: new Map(),
    tags: {},
    reservedConcurrency: undefined,
    published: undefined,
  };
}

export interface Call {
  readonly owner?: LambdaFunction;
  readonly version?: FunctionVersion;
  readonly at?: number;
  readonly cold?: boolean;
  readonly environment?: string;
  readonly route?: string;
  readonly requestId?: string;
  /** Whether the version is invoked directly, as by a hook, and not through the alias. */
  readonly direct?: boolean;
}

/** A request for a function behind an API. */
export function call({
  owner = functionOf('2'),
  version = versionOf('2', { lastModified: start + 1 }),
  at = start + 1,
  cold = false,
  environment = 'e',
  route = 'GET /hello',
  requestId = 'id=',
  direct = false,
}: Call = {}): EffectSubject {
  const alias = owner.aliases.get('Live');
  return {
    target: {
      function: owner,
      version,
      ref: { name: owner.name, qualifier: direct ? version.version : 'Live' },
      ...(alias && !direct && { alias }),
    },
    version,
    payload: JSON.stringify({ routeKey: route, requestContext: { requestId } }),
    at,
    environment,
    cold,
    duration: 10,
  };
}
