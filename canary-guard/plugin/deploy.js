/**
 * Guards `sls deploy --package`, which takes every setting from the package and checks none: neither that it was made
 * for this stage, nor where and with which role it is to be deployed. Runs after sls has restored the settings.
 */
function prepareDeploy(serverless, provider) {
  const { region, iam } = serverless.service.provider;
  return () => {
    const { service } = serverless;
    // prefix/service/stage/time. `provider.stage` would not do: it holds the default, whatever --stage said.
    const packaged = service.package.artifactDirectoryName.split('/').at(-2);
    const stage = provider.getStage();
    if (packaged !== stage) {
      throw new serverless.classes.Error(
        `--stage: this package was made for stage "${packaged}", not for "${stage}"\n` +
          `  remedy: deploy it with --stage ${packaged}, or package again with --stage ${stage}`,
        'CANARY_GUARD_OTHER_STAGE',
      );
    }
    // Region and role belong to whoever deploys, not to the machine that packaged.
    service.provider.region = region;
    service.provider.iam = { ...service.provider.iam, deploymentRole: iam?.deploymentRole };
  };
}

module.exports = { prepareDeploy };
