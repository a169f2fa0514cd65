import { AwsError } from '../errors';
import type { Random } from '../random';
import type { Scope } from '../scope';
import { checkAliasState } from './alias-rules';
import type { CodePackage } from './code-store';
import { type Alias, type FunctionVersion, fingerprint, type LambdaFunction } from './function';
import type { FunctionConfiguration } from './function-configuration';
import { aliasNotFound, type FunctionRef, functionArn, functionNotFound, parseFunctionRef } from './function-ref';
import type { AliasState } from './invocation';

/** The resources that the function reference of a call resolves to. */
export interface InvocationTarget {
  readonly function: LambdaFunction;
  readonly version: FunctionVersion;
  /**
   * The alias, when the reference names one.
   *
   * @default - The reference names no alias.
   */
  readonly alias?: Alias;
  /** The reference itself. */
  readonly ref: FunctionRef;
}

interface FunctionStoreProps {
  readonly scope: Scope;
  readonly random: Random;
  /** @returns The current instant, in milliseconds since the epoch. */
  readonly now: () => number;
  /** Called with each version that can no longer be invoked. */
  readonly onRetired: (version: FunctionVersion) => void;
}

/** The functions of one account and region with their versions and aliases, and the rules between them. */
export class FunctionStore {
  readonly #props: FunctionStoreProps;
  readonly #functions = new Map<string, LambdaFunction>();
  /**
   * Highest version number by function name. Lambda never reuses a number, not even for a function that is created
   * again.
   */
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

  /** @throws AwsError ResourceNotFoundException when the function, version or alias does not exist. */
  resolve(text: string, qualifier?: string): InvocationTarget {
    const ref = parseFunctionRef(text, this.#props.scope, qualifier);
    const target = this.#functions.get(ref.name);
    if (!target) throw functionNotFound(functionArn(this.#props.scope, ref));
    if (ref.qualifier === undefined || ref.qualifier === '$LATEST') {
      return { function: target, version: target.latest, ref };
    }
    if (/^\d+$/.test(ref.qualifier)) return { function: target, version: this.version(target, ref.qualifier), ref };
    const alias = target.aliases.get(ref.qualifier);
    // Invoke and GetFunction report "Function not found" for a missing alias; GetAlias has another message.
    if (!alias) throw functionNotFound(functionArn(this.#props.scope, ref));
    return { function: target, version: this.version(target, alias.state.functionVersion), alias, ref };
  }

  /** @throws AwsError ResourceNotFoundException. */
  version(target: LambdaFunction, version: string): FunctionVersion {
    const found = version === '$LATEST' ? target.latest : target.versions.get(version);
    if (!found) throw functionNotFound(functionArn(this.#props.scope, { name: target.name, qualifier: version }));
    return found;
  }

  /** @throws AwsError ResourceConflictException when the name is taken. */
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

  /** Replaces `$LATEST`; published versions stay as they are. */
  update(target: LambdaFunction, configuration: FunctionConfiguration, code: CodePackage): void {
    const former = target.latest;
    target.latest = this.#make(target.name, '$LATEST', configuration, code);
    this.#props.onRetired(former);
  }

  /**
   * Publishes `$LATEST`, unless neither code nor configuration has changed since the last version (API reference,
   * PublishVersion).
   *
   * @param description Description of the version; the function's when absent.
   * @param codeSha256 Hash of the code that the caller expects to publish; not checked when absent.
   * @throws AwsError InvalidParameterValueException when `$LATEST` has another hash.
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
   * Deletes a version. Succeeds for one that does not exist, as on Lambda.
   *
   * @throws AwsError ResourceConflictException when an alias points to it, InvalidParameterValueException for
   *   `$LATEST`.
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
   * @param description Description of the alias; unchanged when absent.
   * @throws AwsError as {@link checkAliasState} does.
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

  /** @throws AwsError ResourceConflictException when the name is taken. */
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
