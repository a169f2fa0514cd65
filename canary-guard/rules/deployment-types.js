/** What CodeDeploy puts before the name of each of its own deployment configurations for Lambda. */
const CONFIG_PREFIX = 'CodeDeployDefault.Lambda';

const ALL_AT_ONCE = 'AllAtOnce';

const CANARIES = [5, 10, 15, 30].map((minutes) => `Canary10Percent${minutes}Minutes`);

const LINEAR = ['1Minute', '2Minutes', '3Minutes', '10Minutes'].map((interval) => `Linear10PercentEvery${interval}`);

/**
 * CodeDeploy's own deployment configurations for Lambda, without their prefix.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
 */
const DEPLOYMENT_TYPES = [ALL_AT_ONCE, ...CANARIES, ...LINEAR];

/**
 * @param {unknown} type
 * @returns {boolean} Whether the weights change again while the shift goes on, so that its minutes cannot be added up.
 */
const shiftsInSteps = (type) => LINEAR.some((linear) => linear === type);

/**
 * @param {string | undefined} configuration Name of a deployment configuration, as CodeDeploy reports it.
 * @returns {boolean} Whether all traffic goes to the new version at once.
 */
const isAllAtOnce = (configuration) => configuration === `${CONFIG_PREFIX}${ALL_AT_ONCE}`;

module.exports = { CONFIG_PREFIX, DEPLOYMENT_TYPES, isAllAtOnce, shiftsInSteps };
