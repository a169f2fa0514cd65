import { AwsError } from '../errors';
import type { Random } from '../random';
import type { FunctionVersion } from './function';
import type { AliasState } from './invocation';

/**
 * Checks an alias by Lambda's rules, with Lambda's messages (developer guide, "Implement Lambda canary deployments
 * using a weighted alias").
 *
 * @param versionOf Returns a version by its number; throws ResourceNotFoundException when it does not exist.
 * @throws AwsError InvalidParameterValueException, ValidationException or the error of `versionOf`.
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
    const additional = versionOf(version);
    if (additional.configuration.role !== main.configuration.role) {
      throw invalid('Specified versions must be associated with the same execution role');
    }
    if (additional.configuration.deadLetterTarget !== main.configuration.deadLetterTarget) {
      throw invalid('Specified versions must be associated with the same dead-letter queue configuration');
    }
  }
}

/** @returns The version that serves one request. Every request is drawn independently, as on Lambda. */
export function chooseVersion(state: AliasState, random: Random): string {
  const [additional] = Object.entries(state.weights);
  if (!additional) return state.functionVersion;
  const [version, weight] = additional;
  return random.next() < weight ? version : state.functionVersion;
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message);
}
