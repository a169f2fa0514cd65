import { callOf, getAttOf, substitute } from '../../aws-rules/template-intrinsics';
import type { RefusedPart } from './refusal';

/** A synthesised template, reduced to its resources. */
export interface SynthesisedTemplate {
  readonly Resources: Readonly<Record<string, SynthesisedResource>>;
}

/** A resource of a synthesised template. */
export interface SynthesisedResource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: the type of each property depends on the resource's type
  readonly Properties?: Readonly<Record<string, any>>;
}

/** Name, account and region of a stack, from which the names of its resources follow. */
export interface StackIdentity {
  readonly stackName: string;
  readonly accountId: string;
  readonly region: string;
  /** @default "aws" */
  readonly partition?: string;
}

/** A resource of a deployed stack. */
export interface DeployedResource {
  /** The value of `Ref`. */
  readonly id: string;
  /** The values of `Fn::GetAtt`, by attribute name. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The resources of a deployed stack, by logical id. */
export type DeployedResources = ReadonlyMap<string, DeployedResource>;

/** How the name and the ARN of a resource are formed. */
interface Named {
  /** The property with the name, which a template may omit. */
  readonly property: string;
  readonly service: string;
  /** The text before the name in the ARN. For a role, it contains the path. */
  readonly prefix: (properties: NonNullable<SynthesisedResource['Properties']>) => string;
  /** Whether the ARN has an account and a region. */
  readonly scope: 'regional' | 'account' | 'global';
}

/** The types of resources whose names and ARNs are known before deployment. */
const NAMED: Readonly<Record<string, Named>> = {
  'AWS::CodeBuild::Project': named('Name', 'codebuild', 'regional', () => 'project/'),
  'AWS::CodeConnections::Connection': named('ConnectionName', 'codeconnections', 'regional', () => 'connection/'),
  'AWS::CodePipeline::Pipeline': named('Name', 'codepipeline', 'regional'),
  'AWS::IAM::Role': named('RoleName', 'iam', 'account', ({ Path = '/' }) => `role${Path}`),
  'AWS::Lambda::Function': named('FunctionName', 'lambda', 'regional', () => 'function:'),
  'AWS::Logs::LogGroup': named('LogGroupName', 'logs', 'regional', () => 'log-group:'),
  'AWS::S3::Bucket': named('BucketName', 's3', 'global'),
  'AWS::SNS::Topic': named('TopicName', 'sns', 'regional'),
};

function named(property: string, service: string, scope: Named['scope'], prefix: Named['prefix'] = () => ''): Named {
  return { property, service, scope, prefix };
}

/** The attributes whose value is the resource's ARN. */
const ARNS = new Set(['Arn', 'ConnectionArn', 'TopicArn']);

/**
 * Resolves the intrinsic functions of a stack's template. For a deployed stack, all names and attributes are known.
 * Before that, resources whose names CloudFormation would generate get the name `<stack>-<logical id>`, without the
 * random part, and every other value that only a deployed stack has is a problem.
 */
export class Intrinsics {
  readonly #pseudo: Readonly<Record<string, string | undefined>>;
  readonly #template: SynthesisedTemplate;
  readonly #stack: StackIdentity;
  readonly #problems: RefusedPart[];
  readonly #deployed: DeployedResources;

  /**
   * @param problems Receives what cannot be resolved, so that all of it is reported at once.
   * @param deployed Resources of the stack. Empty if it is not deployed yet.
   */
  constructor(
    template: SynthesisedTemplate,
    stack: StackIdentity,
    problems: RefusedPart[],
    deployed: DeployedResources = new Map(),
  ) {
    this.#template = template;
    this.#stack = stack;
    this.#problems = problems;
    this.#deployed = deployed;
    this.#pseudo = {
      'AWS::AccountId': stack.accountId,
      'AWS::Region': stack.region,
      'AWS::Partition': stack.partition ?? 'aws',
      'AWS::StackName': stack.stackName,
      'AWS::URLSuffix': 'amazonaws.com',
      // In a list, as in CDK's Fn::Join, the element is removed.
      'AWS::NoValue': '',
    };
  }

  /** @returns The value as text. Empty, with a problem noted, if it cannot be resolved. */
  text(value: unknown, path: string): string {
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    const call = callOf(value);
    const argument = call?.argument;
    switch (call?.name) {
      case 'Ref':
        return this.#ref(String(argument), path);
      case 'Fn::GetAtt':
        return this.#attribute(argument, path);
      case 'Fn::Join':
        return this.#join(argument, `${path}.Fn::Join`);
      case 'Fn::Sub':
        return this.#substitute(argument, `${path}.Fn::Sub`);
      default:
        return this.#refuse(
          path,
          value,
          'only Ref, Fn::GetAtt, Fn::Join and Fn::Sub can be resolved before deployment',
        );
    }
  }

  /** @returns Like {@link text}, but undefined if there is no value. */
  optional(value: unknown, path: string): string | undefined {
    return value === undefined ? undefined : this.text(value, path);
  }

  /** @returns The physical name of a resource. Empty, with a problem noted, if it is not known. */
  name(logicalId: string, path: string): string {
    const deployed = this.#deployed.get(logicalId);
    if (deployed) return deployed.id;
    const resource = this.#template.Resources[logicalId];
    const named = resource && NAMED[resource.Type];
    if (!named) {
      const known = Object.keys(NAMED).join(', ');
      return this.#refuse(path, logicalId, `only names of ${known} are known before deployment`);
    }
    const given = resource.Properties?.[named.property];
    if (given !== undefined) return this.text(given, `Resources.${logicalId}.Properties.${named.property}`);
    const name = `${this.#stack.stackName}-${logicalId}`;
    return resource.Type === 'AWS::S3::Bucket' ? name.toLowerCase() : name;
  }

  #ref(target: string, path: string): string {
    const pseudo = this.#pseudo[target];
    if (pseudo !== undefined) return pseudo;
    if (this.#deployed.has(target)) return this.name(target, path);
    // SNS is one of the types whose Ref is the ARN.
    if (this.#template.Resources[target]?.Type === 'AWS::SNS::Topic') return this.#arn(target, path);
    return this.name(target, path);
  }

  #attribute(argument: unknown, path: string): string {
    const [logicalId, given] = getAttOf(argument);
    const attribute = String(given);
    const known = this.#deployed.get(logicalId)?.attributes[attribute];
    if (known !== undefined) return known;
    if (ARNS.has(attribute)) return this.#arn(logicalId, path);
    return this.#refuse(path, `${logicalId}.${attribute}`, 'only an Arn is known before deployment');
  }

  #arn(logicalId: string, path: string): string {
    const name = this.name(logicalId, path);
    if (!name) return '';
    const { Type, Properties = {} } = this.#template.Resources[logicalId]!;
    const { service, scope, prefix } = NAMED[Type]!;
    const region = scope === 'regional' ? this.#stack.region : '';
    const account = scope === 'global' ? '' : this.#stack.accountId;
    return `arn:${this.#stack.partition ?? 'aws'}:${service}:${region}:${account}:${prefix(Properties)}${name}`;
  }

  #join(argument: unknown, path: string): string {
    if (!Array.isArray(argument) || !Array.isArray(argument[1])) {
      return this.#refuse(path, argument, 'must be [separator, [values]]');
    }
    const values = argument[1].filter((value) => callOf(value)?.argument !== 'AWS::NoValue');
    return values.map((value, index) => this.text(value, `${path}[1][${index}]`)).join(String(argument[0]));
  }

  #substitute(argument: unknown, path: string): string {
    return substitute(
      argument,
      (value, name) => this.text(value, `${path}[1].${name}`),
      (name) => (name.includes('.') && !name.includes('::') ? this.#attribute(name, path) : this.#ref(name, path)),
    );
  }

  #refuse(path: string, value: unknown, remedy: string): string {
    this.#problems.push({ path, value, remedy });
    return '';
  }
}
