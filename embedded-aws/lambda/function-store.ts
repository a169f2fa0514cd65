import { AwsError } from '../errors';
import type { Random } from '../random';
import type { Scope } from '../scope';
import { type Alias, checkAliasState } from './alias';
import type { CodePackage } from './code-store';
import { type FunctionVersion, fingerprint, type LambdaFunction } from './function';
import type { FunctionConfiguration } from './function-configuration';
import { aliasNotFound, type FunctionRef, functionArn, functionNotFound, parseFunctionRef } from './function-ref';
import type { AliasState } from './invocation';

/** What a call that names a function is about. */
export interface InvocationTarget {
  readonly function: LambdaFunction;
  readonly version: FunctionVersion;
  /**
   * The alias that was named.
   *
   * @default - None.
   */
  readonly alias?: Alias;
  /** As it was named, with its qualifier if it had one. */
  readonly ref: FunctionRef;
}

interface FunctionStoreProps {
  readonly scope: Scope;
  readonly random: Random;
  /** @returns The current instant, in milliseconds since the epoch. */
  readonly now: () => number;
  /** Told of every version that no invocation can reach any more. */
  readonly onRetired: (version: FunctionVersion) => void;
}

/** The functions of one account and region with their versions and aliases, and the rules that hold between them. */
export class FunctionStore {
  readonly #props: FunctionStoreProps;
  readonly #functions = new Map<string, LambdaFunction>();
  /** Highest version number by function name. Lambda never gives one twice, not even to a function made again. */
  readonly #numbers = new Map<string, number>();

  constructor(props: FunctionStoreProps) {
    this.#props = props;
  }

  list(): LambdaFunction[] {
    return [...this.#functions.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws AwsError ResourceNotFoundException, ValidationException. */
  get(text: string): LambdaFunction {
    return this.#named(parseFunctionRef(text, this.#props.scope));
  }

  /** @throws AwsError ResourceNotFoundException for the function, version or alias. */
  resolve(text: string, qualifier?: string): InvocationTarget {
    const ref = parseFunctionRef(text, this.#props.scope, qualifier);
    const target = this.#functions.get(ref.name);
    if (!target) throw functionNotFound(functionArn(this.#props.scope, ref));
    if (ref.qualifier === undefined || ref.qualifier === '$LATEST') {
      return { function: target, version: target.latest, ref };
    }
    if (/^\d+$/.test(ref.qualifier)) return { function: target, version: this.version(target, ref.qualifier), ref };
    const alias = target.aliases.get(ref.qualifier);
    // Invoke and GetFunction say "Function not found" of an alias that is not there; GetAlias has its own text.
    if (!alias) throw functionNotFound(functionArn(this.#props.scope, ref));
    return { function: target, version: this.version(target, alias.state.functionVersion), alias, ref };
  }

  /** @throws AwsError ResourceNotFoundException. */
  version(target: LambdaFunction, version: string): FunctionVersion {
    const found = version === '$LATEST' ? target.latest : target.versions.get(version);
    if (!found) throw functionNotFound(functionArn(this.#props.scope, { name: target.name, qualifier: version }));
    return found;
  }

  /** @throws AwsError ResourceConflictException when there is one of that name. */
  create(name: string, configuration: FunctionConfiguration, code: CodePackage): LambdaFunction {
    if (this.#functions.has(name)) {
      throw new AwsError('ResourceConflictException', `Function already exist: ${name}`, 409);
    }
    const created: LambdaFunction = {
      name,
      latest: this.#make(name, '$LATEST', configuration, code),
      versions: new Map(),
      aliases: new Map(),
      policies: new Map(),
      tags: {},
      reservedConcurrency: undefined,
      published: undefined,
    };
    this.#functions.set(name, created);
    return created;
  }

  /** Changes what runs as `$LATEST`; published versions stay as they are. */
  update(target: LambdaFunction, configuration: FunctionConfiguration, code: CodePackage): void {
    const former = target.latest;
    target.latest = this.#make(target.name, '$LATEST', configuration, code);
    this.#props.onRetired(former);
  }

  /**
   * Publishes `$LATEST`, unless neither code nor configuration has changed since the last version (Lambda API
   * reference, PublishVersion).
   *
   * @param description Of the version.
   * @default - The function's own.
   * @param codeSha256 What the caller expects to publish.
   * @default - Anything.
   * @throws AwsError InvalidParameterValueException when `$LATEST` holds other code than expected.
   */
  publish(
    target: LambdaFunction,
    description?: string,
    codeSha256?: string,
  ): { version: FunctionVersion; isNew: boolean } {
    const { latest, published } = target;
    if (codeSha256 !== undefined && codeSha256 !== latest.code.sha256) {
      throw new AwsError(
        'InvalidParameterValueException',
        `CodeSHA256 (${codeSha256}) is different from current CodeSHA256 in $LATEST (${latest.code.sha256}). ` +
          'Please try again with the CodeSHA256 in $LATEST.',
      );
    }
    const existing = published?.fingerprint === fingerprint(latest) && target.versions.get(published.version);
    if (existing) return { version: existing, isNew: false };
    const number = String((this.#numbers.get(target.name) ?? 0) + 1);
    this.#numbers.set(target.name, Number(number));
    const configuration = { ...latest.configuration, description: description ?? latest.configuration.description };
    const version = this.#make(target.name, number, configuration, latest.code);
    target.versions.set(number, version);
    target.published = { fingerprint: fingerprint(latest), version: number };
    return { version, isNew: true };
  }

  /**
   * Deletes one version. One that is not there counts as deleted, as on Lambda.
   *
   * @throws AwsError ResourceConflictException when an alias holds it, InvalidParameterValueException for `$LATEST`.
   */
  deleteVersion(target: LambdaFunction, version: string): void {
    if (version === '$LATEST') {
      throw new AwsError(
        'InvalidParameterValueException',
        '$LATEST version cannot be deleted without deleting the function.',
      );
    }
    if (!/^\d+$/.test(version)) {
      throw new AwsError('InvalidParameterValueException', 'Deletion of aliases is not currently supported.');
    }
    const holders = [...target.aliases.values()].filter(
      ({ state }) => state.functionVersion === version || Object.hasOwn(state.weights, version),
    );
    if (holders.length > 0) {
      const names = holders.map((alias) => alias.name).join(', ');
      throw new AwsError(
        'ResourceConflictException',
        `Unable to delete version because the following aliases reference it: [${names}]`,
        409,
      );
    }
    const deleted = target.versions.get(version);
    if (!deleted) return;
    target.versions.delete(version);
    this.#props.onRetired(deleted);
  }

  delete(target: LambdaFunction): void {
    this.#functions.delete(target.name);
    for (const version of [target.latest, ...target.versions.values()]) this.#props.onRetired(version);
  }

  /** @throws AwsError ResourceNotFoundException. */
  alias(target: LambdaFunction, name: string): Alias {
    const alias = target.aliases.get(name);
    if (!alias) throw aliasNotFound(functionArn(this.#props.scope, { name: target.name, qualifier: name }));
    return alias;
  }

  /**
   * Creates or changes an alias.
   *
   * @param description
   * @default - It stays.
   * @throws AwsError as {@link checkAliasState}.
   */
  putAlias(target: LambdaFunction, name: string, state: AliasState, description?: string): Alias {
    checkAliasState(state, (version) => this.version(target, version));
    const alias: Alias = {
      name,
      description: description ?? target.aliases.get(name)?.description ?? '',
      state,
      revisionId: this.#props.random.uuid(),
    };
    target.aliases.set(name, alias);
    return alias;
  }

  /** @throws AwsError ResourceConflictException when there is one of that name. */
  createAlias(target: LambdaFunction, name: string, state: AliasState, description = ''): Alias {
    if (target.aliases.has(name)) {
      const existing = functionArn(this.#props.scope, { name: target.name, qualifier: name });
      throw new AwsError('ResourceConflictException', `Alias already exists: ${existing}`, 409);
    }
    return this.putAlias(target, name, state, description);
  }

  #named(ref: FunctionRef): LambdaFunction {
    const target = this.#functions.get(ref.name);
    if (!target) throw functionNotFound(functionArn(this.#props.scope, { name: ref.name }));
    return target;
  }

  #make(name: string, version: string, configuration: FunctionConfiguration, code: CodePackage): FunctionVersion {
    const { now, random } = this.#props;
    return { functionName: name, version, configuration, code, lastModified: now(), revisionId: random.uuid() };
  }
}
