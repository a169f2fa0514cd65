import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import { physicalName } from '../physical-name';
import type { Random } from '../random';
import type { ResourceType } from '../resource-type';
import { arn, type Scope } from '../scope';

export interface CodeBuildProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
}

/** A project takes CloudFormation about three seconds (inferred). In milliseconds. */
const PROJECT_TAKES = 3_000;

/** The names of CodeBuild's projects; builds are run by whoever executes the pipeline. It keeps to contract.md. */
export class CodeBuild {
  readonly resourceTypes: readonly ResourceType[];
  readonly #projects = new Set<string>();

  constructor({ scope, clock, random }: CodeBuildProps) {
    const physical = (name: string) => ({ id: name, attributes: { Arn: arn('codebuild', scope, `project/${name}`) } });
    this.resourceTypes = [
      {
        type: 'AWS::CodeBuild::Project',
        accepts: [
          'Artifacts',
          'Cache',
          'ConcurrentBuildLimit',
          'Description',
          'EncryptionKey',
          'Environment',
          'LogsConfig',
          'Name',
          'QueuedTimeoutInMinutes',
          'ServiceRole',
          'Source',
          'Tags',
          'TimeoutInMinutes',
          'Visibility',
        ],
        replacedBy: ['Name'],
        create: async ({ Name }, context) => {
          await clock.sleep(PROJECT_TAKES);
          const name = Name ?? physicalName(context, random, { longest: 150 });
          const project = physical(name);
          if (this.#projects.has(name)) {
            throw new AwsError('ResourceAlreadyExistsException', `Project already exists: ${project.attributes.Arn}`);
          }
          this.#projects.add(name);
          return project;
        },
        update: async (name) => {
          await clock.sleep(PROJECT_TAKES);
          return physical(name);
        },
        delete: async (name) => {
          await clock.sleep(PROJECT_TAKES);
          this.#projects.delete(name);
        },
      },
    ];
  }
}
