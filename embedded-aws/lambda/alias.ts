import { AwsError } from '../errors';
import type { Random } from '../random';
import type { FunctionVersion } from './function';
import type { AliasState } from './invocation';

/** A name for one version of a function, or for two with a share of the traffic each. */
export interface Alias {
  readonly name: string;
  readonly description: string;
  readonly state: AliasState;
  readonly revisionId: string;
}

/**
 * Refuses what Lambda refuses for an alias (developer guide, "Implement Lambda canary deployments using a weighted
 * alias"; the texts are Lambda's own).
 *
 * @param versionOf Throws ResourceNotFoundException for a version that does not exist.
 * @throws AwsError InvalidParameterValueException, ValidationException or what `versionOf` throws.
 */
export function checkAliasState(state: AliasState, versionOf: (version: string) => FunctionVersion): void {
  const main = versionOf(state.functionVersion);
  const weights = Object.entries(state.weights);
  if (weights.length > 1) throw invalid('Number of items in AdditionalVersionWeights cannot be greater than 1');
  for (const [version, weight] of weights) {
    if (!(weight >= 0 && weight <= 1)) {
      throw new AwsError(
        'ValidationException',
        `1 validation error detected: Value '{${version}=${weight}}' at 'routingConfig.additionalVersionWeights' ` +
          'failed to satisfy constraint: Map value must satisfy constraint: [Member must have value less than or ' +
          'equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]',
      );
    }
    if (version === state.functionVersion) {
      throw invalid(
        `Invalid function version ${version}. Function version ${version} is already included in routing configuration.`,
      );
    }
    if (state.functionVersion === '$LATEST' || version === '$LATEST') {
      throw invalid('$LATEST is not supported for an alias pointing to more than 1 version');
    }
    const other = versionOf(version);
    if (other.configuration.role !== main.configuration.role) {
      throw invalid('Specified versions must be associated with the same execution role');
    }
    if (other.configuration.deadLetterTarget !== main.configuration.deadLetterTarget) {
      throw invalid('Specified versions must be associated with the same dead-letter queue configuration');
    }
  }
}

/** @returns The version that serves one request: chance decides each request for itself, as on Lambda. */
export function chooseVersion(state: AliasState, random: Random): string {
  const [additional] = Object.entries(state.weights);
  if (!additional) return state.functionVersion;
  const [version, weight] = additional;
  return random.next() < weight ? version : state.functionVersion;
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message);
}
