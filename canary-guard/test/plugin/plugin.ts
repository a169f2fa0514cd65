/** The plugin's parts. They are plain JavaScript, which sls loads without a build, and bring no types along. */
export interface Problem {
  readonly path: string;
  readonly received: unknown;
  readonly problem: string;
  readonly known?: readonly string[];
  readonly remedy: string;
}

// biome-ignore lint/suspicious/noExplicitAny: the tests pass models as small as they can
type Model = any;

export const {
  DEPLOYMENT_TYPES,
  findSettingProblems,
}: {
  readonly DEPLOYMENT_TYPES: readonly string[];
  findSettingProblems(model: Model): Problem[];
} = require('../../plugin/settings.js');

export const {
  compareVersions,
  completeComparisons,
}: {
  compareVersions(model: Model): void;
  completeComparisons(model: Model): void;
} = require('../../plugin/comparisons.js');

export const {
  findComparisonProblems,
}: {
  findComparisonProblems(model: Model): Problem[];
} = require('../../plugin/comparison-settings.js');

export const {
  findCheckProblems,
}: {
  findCheckProblems(model: Model): Problem[];
} = require('../../plugin/checks.js');

export const {
  addRoles,
  assignRoles,
  tellHooks,
  withdrawSharedGrant,
}: {
  addRoles(model: Model): void;
  assignRoles(model: Model): void;
  tellHooks(model: Model): void;
  withdrawSharedGrant(model: Model): void;
} = require('../../plugin/roles.js');

export const {
  prepareDeploy,
}: {
  prepareDeploy(serverless: Model, provider: Model): () => void;
} = require('../../plugin/deploy.js');
