/** @import { Serverless, Provider } from './model' */

/**
 * Makes a guard for `sls deploy --package`, which takes every setting from the package and validates none: neither that
 * the package was made for this stage, nor where and with which role it is deployed. The guard has to run after sls has
 * restored the settings.
 *
 * @param {Serverless} serverless
 * @param {Provider} provider
 * @returns {() => void}
 */
function prepareDeploy(serverless, provider) {
  const { region, iam } = serverless.service.provider;
  return () => {
    const { service } = serverless;
    // prefix/service/stage/time. `provider.stage` would not do: it holds the default, whatever --stage is.
    const packaged = service.package.artifactDirectoryName.split('/').at(-2);
    const stage = provider.getStage();
    if (packaged !== stage) {
      throw new serverless.classes.Error(
        `--stage: this package was made for stage "${packaged}", not for "${stage}"\n` +
          `  remedy: deploy it with --stage ${packaged}, or package again with --stage ${stage}`,
        'CANARY_GUARD_OTHER_STAGE',
      );
    }
    // Region and role are those of the machine that deploys, not of the machine that packaged.
    service.provider.region = region;
    service.provider.iam = { ...service.provider.iam, deploymentRole: iam?.deploymentRole };
  };
}

module.exports = { prepareDeploy };
