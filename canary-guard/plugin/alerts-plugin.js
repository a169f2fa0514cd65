/** @import { AlertsPlugin } from './model' */

const NAME = 'serverless-plugin-aws-alerts';

/**
 * Loads the parts of serverless-plugin-aws-alerts that name alarms, so that canary-guard can refer to an alarm before it
 * is in the template. It is the copy that the service uses, not one that happens to be installed next to canary-guard.
 *
 * @param {string} directory Directory of the service.
 * @returns {AlertsPlugin | undefined} Undefined if it is not installed: a service without alarms needs none.
 */
function loadAlertsPlugin(directory) {
  let naming;
  try {
    naming = require.resolve(`${NAME}/src/naming`, { paths: [directory] });
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
  const AlarmNaming = require(naming);
  const definitions = require(require.resolve(`${NAME}/src/defaults/definitions`, { paths: [directory] }));
  const names = new AlarmNaming();
  return { logicalId: (alarm, functionName) => names.getAlarmCloudFormationRef(alarm, functionName), definitions };
}

module.exports = { NAME, loadAlertsPlugin };
