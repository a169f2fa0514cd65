import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import { physicalName } from '../physical-name';
import type { Random } from '../random';
import type { ResourceType } from '../resource-type';
import { arn, type Scope } from '../scope';

interface CodeBuildProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
}

/** Time that CloudFormation takes for a project, in virtual milliseconds (inferred). */
const PROVISIONING = 3_000;

/**
 * AWS CodeBuild in one account and region, with the names of its projects only: the pipeline's executor runs the
 * builds. contract.md has its rules.
 */
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
          await clock.sleep(PROVISIONING);
          const name = Name ?? physicalName(context, random, { longest: 150 });
          const project = physical(name);
          if (this.#projects.has(name)) {
            throw new AwsError('ResourceAlreadyExistsException', `Project already exists: ${project.attributes.Arn}`);
          }
          this.#projects.add(name);
          return project;
        },
        update: async (name) => {
          await clock.sleep(PROVISIONING);
          return physical(name);
        },
        delete: async (name) => {
          await clock.sleep(PROVISIONING);
          this.#projects.delete(name);
        },
      },
    ];
  }
}
