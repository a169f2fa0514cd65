import { callOf, getAttOf, substitute } from '../../aws-rules/template-intrinsics';
import type { Problem } from './refusal';

/** A template as far as the values around its resources go. */
export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

export interface TemplateResource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: the template decides; whoever reads a property checks it
  readonly Properties?: Readonly<Record<string, any>>;
}

/** Where a stack is, and what it is called: all that its names depend on. */
export interface StackIdentity {
  readonly stackName: string;
  readonly accountId: string;
  readonly region: string;
  /** @default aws */
  readonly partition?: string;
}

/** A resource as the deployed stack has it. */
export interface DeployedResource {
  /** what `Ref` gives */
  readonly id: string;
  /** what `Fn::GetAtt` gives, by attribute name */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The resources of a deployed stack by logical id. */
export type DeployedResources = ReadonlyMap<string, DeployedResource>;

interface Named {
  /** the property that gives the name, where the template does */
  readonly property: string;
  readonly service: string;
  /** what comes before the name in the ARN; a role's path is told by its properties */
  readonly prefix: (properties: NonNullable<TemplateResource['Properties']>) => string;
  /** whether the ARN has an account and a region */
  readonly scope: 'regional' | 'account' | 'global';
}

const NAMED: Readonly<Record<string, Named>> = {
  'AWS::CodeBuild::Project': named('Name', 'codebuild', 'regional', () => 'project/'),
  'AWS::CodeConnections::Connection': named('ConnectionName', 'codeconnections', 'regional', () => 'connection/'),
  'AWS::CodePipeline::Pipeline': named('Name', 'codepipeline', 'regional'),
  'AWS::IAM::Role': named('RoleName', 'iam', 'account', ({ Path = '/' }) => `role${Path}`),
  'AWS::Lambda::Function': named('FunctionName', 'lambda', 'regional', () => 'function:'),
  'AWS::S3::Bucket': named('BucketName', 's3', 'global'),
  'AWS::SNS::Topic': named('TopicName', 'sns', 'regional'),
};

function named(property: string, service: string, scope: Named['scope'], prefix: Named['prefix'] = () => ''): Named {
  return { property, service, scope, prefix };
}

/** The attributes that are a resource's own ARN. */
const ARNS = new Set(['Arn', 'ConnectionArn', 'TopicArn']);

/**
 * Resolves the intrinsic functions of a stack's template. Of a stack that is deployed it knows every name and attribute.
 * Before that, resources whose names CloudFormation would invent get the name `<stack>-<logical id>`, without its random
 * part, and everything else that only a deployed stack knows is a problem.
 */
export class Intrinsics {
  readonly #pseudo: Readonly<Record<string, string | undefined>>;

  /**
   * @param problems receives what cannot be resolved, so that all of it can be reported at once
   * @param deployed @default the stack is not deployed yet
   */
  constructor(
    private readonly template: Template,
    private readonly stack: StackIdentity,
    private readonly problems: Problem[],
    private readonly deployed: DeployedResources = new Map(),
  ) {
    this.#pseudo = {
      'AWS::AccountId': stack.accountId,
      'AWS::Region': stack.region,
      'AWS::Partition': stack.partition ?? 'aws',
      'AWS::StackName': stack.stackName,
      'AWS::URLSuffix': 'amazonaws.com',
      // In a list, CDK's own Fn::Join included, it stands for nothing at all.
      'AWS::NoValue': '',
    };
  }

  /** @returns the value as text; empty, with a problem noted, if it cannot be resolved */
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

  /** @returns as {@link text}, but undefined where there is no value */
  optional(value: unknown, path: string): string | undefined {
    return value === undefined ? undefined : this.text(value, path);
  }

  /** @returns the physical name of a resource of the template; empty, with a problem noted, if it has none */
  name(logicalId: string, path: string): string {
    const deployed = this.deployed.get(logicalId);
    if (deployed) return deployed.id;
    const resource = this.template.Resources[logicalId];
    const named = resource && NAMED[resource.Type];
    if (!named) {
      const known = Object.keys(NAMED).join(', ');
      return this.#refuse(path, logicalId, `only names of ${known} are known before deployment`);
    }
    const given = resource.Properties?.[named.property];
    if (given !== undefined) return this.text(given, `Resources.${logicalId}.Properties.${named.property}`);
    const name = `${this.stack.stackName}-${logicalId}`;
    return resource.Type === 'AWS::S3::Bucket' ? name.toLowerCase() : name;
  }

  #ref(target: string, path: string): string {
    const pseudo = this.#pseudo[target];
    if (pseudo !== undefined) return pseudo;
    if (this.deployed.has(target)) return this.name(target, path);
    // SNS is one of the types whose Ref is the ARN.
    if (this.template.Resources[target]?.Type === 'AWS::SNS::Topic') return this.#arn(target, path);
    return this.name(target, path);
  }

  #attribute(argument: unknown, path: string): string {
    const [logicalId, given] = getAttOf(argument);
    const attribute = String(given);
    const known = this.deployed.get(logicalId)?.attributes[attribute];
    if (known !== undefined) return known;
    if (ARNS.has(attribute)) return this.#arn(logicalId, path);
    return this.#refuse(path, `${logicalId}.${attribute}`, 'only an Arn is known before deployment');
  }

  #arn(logicalId: string, path: string): string {
    const name = this.name(logicalId, path);
    if (!name) return '';
    const { Type, Properties = {} } = this.template.Resources[logicalId]!;
    const { service, scope, prefix } = NAMED[Type]!;
    const region = scope === 'regional' ? this.stack.region : '';
    const account = scope === 'global' ? '' : this.stack.accountId;
    return `arn:${this.stack.partition ?? 'aws'}:${service}:${region}:${account}:${prefix(Properties)}${name}`;
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
    this.problems.push({ path, value, remedy });
    return '';
  }
}
