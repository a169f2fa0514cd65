/**
 * Completes and checks what serverless-plugin-canary-deployments and serverless-plugin-aws-alerts generate, so that a
 * canary that cannot catch anything fails when it is packaged, not on the day it is needed:
 *
 *   settings.js             refuses names that nothing answers to, and settings a canary cannot work with
 *   comparison-settings.js  refuses alarms that cannot compare
 *   checks.js               refuses checks that ask nothing, and routes that no check asks
 *   template.js             refuses what leads traffic past the canary, and alarms that cannot go off
 *   comparisons.js          makes alarms compare the version being released with the baseline
 *   alarms.js               narrows alarms to the version being released
 *   roles.js                gives CodeDeploy and each hook a role of its own, and tells hooks what they guard
 *   deploy.js               keeps a package from being deployed as what it is not
 */
const { fillPlaceholders } = require('./alarms.js');
const { findCheckProblems, readChecks } = require('./checks.js');
const { findComparisonProblems } = require('./comparison-settings.js');
const { compareVersions, completeComparisons } = require('./comparisons.js');
const { prepareDeploy } = require('./deploy.js');
const { render } = require('./problems.js');
const { addRoles, assignRoles, tellHooks, withdrawSharedGrant } = require('./roles.js');
const { findSettingProblems } = require('./settings.js');
const { findTemplateProblems } = require('./template.js');

class CanaryGuard {
  constructor(serverless) {
    this.serverless = serverless;
    this.provider = serverless.getProvider('aws');
    this.hooks = {
      'before:package:initialize': () => {
        const { model } = this;
        const checks = readChecks(serverless.serviceDir);
        this.refuse([
          ...findSettingProblems(model),
          ...findComparisonProblems(model),
          ...findCheckProblems({ ...model, checks }),
        ]);
        completeComparisons(model);
        assignRoles(model);
        tellHooks(model);
      },
      'before:aws:package:finalize:mergeCustomProviderResources': () => addRoles(this.model),
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        withdrawSharedGrant(this.model);
        compareVersions(this.model);
        fillPlaceholders(this.model);
        this.refuse(findTemplateProblems(this.model));
      },
      'before:deploy:deploy': prepareDeploy(serverless, this.provider),
    };
  }

  /** All that the other files work on. */
  get model() {
    const { service } = this.serverless;
    return {
      service,
      stage: this.provider.getStage(),
      naming: this.provider.naming,
      template: service.provider.compiledCloudFormationTemplate,
    };
  }

  refuse(problems) {
    if (problems.length === 0) return;
    throw new this.serverless.classes.Error(render(problems, this.provider.getStage()), 'CANARY_GUARD_REFUSED');
  }
}

module.exports = CanaryGuard;
