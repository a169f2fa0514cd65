import { readBuildspec } from '../../../rehearsal/pipeline/codebuild/buildspec';

test('a buildspec is read with CodeBuild’s defaults', () => {
  const buildspec = readBuildspec(
    [
      'version: 0.2',
      'phases:',
      '  build:',
      '    commands:',
      '      - npm test',
      'artifacts:',
      '  files: ["**/*"]',
    ].join('\n'),
    'buildspec.yml',
  );
  expect(buildspec).toEqual({
    version: 0.2,
    env: { variables: {}, 'exported-variables': [] },
    phases: { build: { commands: ['npm test'], finally: [] } },
    reports: {},
    artifacts: {
      files: ['**/*'],
      'base-directory': '.',
      'discard-paths': false,
      'exclude-paths': [],
      'secondary-artifacts': {},
    },
    cache: { 'fallback-keys': [], paths: [] },
  });
});

test('everything that cannot be rehearsed is reported at once, with its path', () => {
  const buildspec = `
version: 0.1
run-as: node
env:
  parameter-store: { TOKEN: /token }
  exported-variables: [AWS_REGION, VERSION]
phases:
  build:
    run-as: node
    on-failure: RETRY
    commands: npm test
  deploy:
    commands: []
reports:
  cov: { files: [clover.xml], file-format: CLOVERXML }
cache:
  fallback-keys: [a, b, c, d, e, f]
`;
  expect(() => readBuildspec(buildspec, 'buildspec.yml')).toThrow(
    [
      'cannot rehearse buildspec.yml:',
      '  version is 0.1: only 0.2 can be rehearsed; in 0.1, every command runs in a separate shell',
      '  env.exported-variables.0 is "AWS_REGION": CodeBuild does not export variables whose names begin with AWS_; rename it',
      '  env.parameter-store is {"TOKEN":"/token"}: not supported by a rehearsal; remove the setting',
      '  phases.build.commands is "npm test": must be of type array',
      '  phases.build.on-failure is "RETRY": must be ABORT or CONTINUE',
      '  phases.build.run-as is "node": not supported by a rehearsal; remove the setting',
      '  phases.deploy is {"commands":[]}: not supported by a rehearsal; remove the setting',
      '  reports.cov.file-format is "CLOVERXML": must be JUNITXML',
      '  cache.fallback-keys is ["a","b","c","d","e","f"]: CodeBuild allows at most five',
      '  run-as is "node": not supported by a rehearsal; remove the setting',
    ].join('\n'),
  );
});

test('a buildspec that is not YAML is refused with the line', () => {
  expect(() => readBuildspec('phases: [', 'buildspec.yml')).toThrow(
    /^cannot rehearse buildspec.yml:\n {2}\(top\): must be YAML: .*line 1/s,
  );
});
