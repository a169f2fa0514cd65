import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ReleaseError } from '../errors';

const Resource = z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() });

/**
 * The part of osls's `serverless-state.json` that a release depends on; `sls deploy --package` deploys this file's
 * template.
 */
const State = z.looseObject({
  service: z.looseObject({
    service: z.string(),
    provider: z.looseObject({
      region: z.string(),
      compiledCloudFormationTemplate: z.looseObject({ Resources: z.record(z.string(), Resource) }),
    }),
  }),
  package: z.looseObject({ artifactDirectoryName: z.string() }),
});

type State = z.infer<typeof State>;
export type TemplateResource = z.infer<typeof Resource>;

/** A function in a package. */
export interface PackagedFunction {
  readonly logicalId: string;
  readonly functionName: string;
  /** Logical id of the version that the package publishes; it changes with code and configuration. */
  readonly versionLogicalId: string;
  /** Base64 of the SHA-256 of its zip, as Lambda's `CodeSha256`. */
  readonly codeSha256: string;
}

/** A service as packaged by `sls package --package DIR`. */
export class ServicePackage {
  static readonly fileName = 'serverless-state.json';

  readonly directory: string;
  readonly #state: State;

  private constructor(directory: string, state: State) {
    this.directory = directory;
    this.#state = state;
  }

  /** @throws ReleaseError PACKAGE_UNREADABLE when there is no valid package. */
  static read(directory: string): ServicePackage {
    const file = join(directory, ServicePackage.fileName);
    try {
      return new ServicePackage(directory, State.parse(JSON.parse(readFileSync(file, 'utf8'))));
    } catch (cause) {
      const why = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
      throw new ReleaseError('PACKAGE_UNREADABLE', `no valid package of the service at '${file}': ${why}`, {
        cause,
        remedy: "run 'npm run package'",
      });
    }
  }

  get service(): string {
    return this.#state.service.service;
  }

  /**
   * From the directory, which is `prefix/service/stage/time`: `provider.stage` is the default, whatever was packaged.
   */
  get stage(): string {
    return this.#state.package.artifactDirectoryName.split('/').at(-2) ?? '';
  }

  get region(): string {
    return this.#state.service.provider.region;
  }

  get stackName(): string {
    return `${this.service}-${this.stage}`;
  }

  get resources(): Readonly<Record<string, TemplateResource>> {
    return this.#state.service.provider.compiledCloudFormationTemplate.Resources;
  }

  /** The functions of which the package publishes a version. */
  get functions(): readonly PackagedFunction[] {
    return Object.entries(this.resources).flatMap(([versionLogicalId, version]) => {
      const reference = version.Properties?.FunctionName as { Ref?: string } | undefined;
      if (version.Type !== 'AWS::Lambda::Version' || !reference?.Ref) return [];
      return [
        {
          logicalId: reference.Ref,
          functionName: String(this.resources[reference.Ref]?.Properties?.FunctionName),
          versionLogicalId,
          codeSha256: String(version.Properties?.CodeSha256),
        },
      ];
    });
  }

  /** Replaces the description of a function in the package's file. */
  describe(logicalId: string, description: string): void {
    const resource = this.resources[logicalId];
    if (!resource) throw new Error(`the package has no resource '${logicalId}'`);
    resource.Properties = { ...resource.Properties, Description: description };
    writeFileSync(join(this.directory, ServicePackage.fileName), JSON.stringify(this.#state));
  }
}
