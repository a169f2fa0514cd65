/**
 * Completes and validates what serverless-plugin-canary-deployments and serverless-plugin-aws-alerts generate, so that a
 * canary that cannot catch anything is refused when it is packaged, instead of letting a bad release pass:
 *
 *   settings.js             refuses names that match nothing, and settings a canary cannot work with
 *   comparison-settings.js  refuses alarms that cannot compare
 *   checks.js               refuses checks that cannot be run, and routes without a check
 *   template.js             refuses traffic that bypasses the canary, and alarms that cannot go off
 *   hook-code.js            refuses hooks whose packaged code cannot be loaded
 *   comparisons.js          makes alarms compare the version being released with the baseline
 *   alarms.js               narrows alarms to the version being released
 *   roles.js                gives CodeDeploy and each hook its own role, and each hook the functions that it guards
 *   deploy.js               refuses to deploy a package to a stage it was not made for
 *
 * @import { Model, Problem, Provider, Serverless } from './model'
 */
const { fillPlaceholders } = require('./alarms.js');
const { loadAlertsPlugin } = require('./alerts-plugin.js');
const { findCheckProblems, readChecks } = require('./checks.js');
const { findComparisonProblems } = require('./comparison-settings.js');
const { compareVersions, completeComparisons } = require('./comparisons.js');
const { prepareDeploy } = require('./deploy.js');
const { findHookCodeProblems } = require('./hook-code.js');
const { render } = require('./problems.js');
const { addRoles, assignRoles, setGuardedFunctions, withdrawSharedGrant } = require('./roles.js');
const { findSettingProblems } = require('./settings.js');
const { findTemplateProblems } = require('./template.js');

/** The plugin, as sls loads it. */
class CanaryGuard {
  /** @type {Serverless} */
  #serverless;
  /** @type {Provider} */
  #provider;

  /** @param {Serverless} serverless */
  constructor(serverless) {
    this.#serverless = serverless;
    this.#provider = serverless.getProvider('aws');
    /** @type {Readonly<Record<string, () => void | Promise<void>>>} */
    this.hooks = {
      'before:package:initialize': () => {
        const model = this.#model();
        const checks = readChecks(serverless.serviceDir);
        this.#refuse([
          ...findSettingProblems(model),
          ...findComparisonProblems(model),
          ...findCheckProblems({ ...model, checks }),
        ]);
        completeComparisons(model);
        assignRoles(model);
        setGuardedFunctions(model);
      },
      'before:aws:package:finalize:mergeCustomProviderResources': () => addRoles(this.#model()),
      'after:aws:package:finalize:mergeCustomProviderResources': async () => {
        const model = this.#model();
        withdrawSharedGrant(model);
        compareVersions(model);
        fillPlaceholders(model);
        this.#refuse([...findTemplateProblems(model), ...(await findHookCodeProblems(model))]);
      },
      'before:deploy:deploy': prepareDeploy(serverless, this.#provider),
    };
  }

  /** @returns {Model} */
  #model() {
    const { service, serviceDir } = this.#serverless;
    return {
      service,
      stage: this.#provider.getStage(),
      region: this.#provider.getRegion(),
      naming: this.#provider.naming,
      template: service.provider.compiledCloudFormationTemplate,
      alerts: loadAlertsPlugin(serviceDir),
    };
  }

  /** @param {readonly Problem[]} problems */
  #refuse(problems) {
    if (problems.length === 0) return;
    throw new this.#serverless.classes.Error(render(problems, this.#provider.getStage()), 'CANARY_GUARD_REFUSED');
  }
}

module.exports = CanaryGuard;
