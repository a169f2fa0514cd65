import { RESOURCE_ARNS } from '../resource-arns';
import { GENERATED_MARK, generatedName, markedName } from '../resource-handlers/generated-name';
import { callOf, getAttOf, splitAtDot, substitute } from '../template-intrinsics';
import { LIMITED_PROPERTIES } from './named-properties';
import { QUOTAS } from './quotas';

/** A template, as far as its values are resolved and measured. */
export interface MeasurableTemplate {
  readonly Description?: unknown;
  readonly Resources: Readonly<Record<string, MeasurableResource>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}

export interface MeasurableResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** The stack that a template is for. */
export interface StackLocation {
  readonly stackName: string;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** Characters that CloudFormation appends to a name that it generates. */
const GENERATED_SUFFIX = 'A1B2C3D4E5F6';

/** Stands for what AWS generates, such as the id of an API. Ten characters, as an API's. */
const GENERATED_ID = 'a1b2c3d4e5';

/** Stands for a version of a function, which grows with every release. */
const VERSION = '9999';

/** Stands for the six characters that Secrets Manager appends to the name in an ARN. */
const SECRET_SUFFIX = 'A1b2C3';

/** Stands for the time in the ARN of a table's stream. */
const STREAM_LABEL = '2026-01-31T12:34:56.789';

/** Attributes that are the id of a resource. */
const ID_ATTRIBUTES = ['AccessPointId', 'ApiId', 'FileSystemId', 'KeyId', 'RestApiId', 'UserPoolId'];

/** What stands for text that only AWS knows: text of its greatest length, or `GENERATED_MARK`. */
export type GeneratedText = 'longest' | 'marked';

/**
 * Resolves the values of a template to text as CloudFormation will. What only AWS knows is replaced: names that CloudFormation
 * generates, ids, numbers of versions.
 *
 * For measuring, it is replaced by text of the length that it has at most; an ARN of a type that is not known here is estimated.
 * For comparing with policies it is marked, and such an ARN is not known.
 */
export class TemplateText {
  readonly #template: MeasurableTemplate;
  readonly #stack: StackLocation;
  readonly #marks: boolean;

  constructor(template: MeasurableTemplate, stack: StackLocation, generated: GeneratedText = 'longest') {
    this.#template = template;
    this.#stack = stack;
    this.#marks = generated === 'marked';
  }

  /** @returns The value as text; undefined if it is not known, e.g. of a parameter without a default. */
  text(value: unknown): string | undefined {
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    const call = callOf(value);
    switch (call?.name) {
      case 'Ref':
        return this.#reference(String(call.argument));
      case 'Fn::GetAtt': {
        const [id, attribute] = getAttOf(call.argument);
        return this.#attribute(id, String(attribute));
      }
      case 'Fn::Sub':
        return this.#substituted(call.argument);
      case 'Fn::Join':
        return this.#joined(call.argument);
      case 'Fn::If':
        return this.#longer(call.argument);
      case 'Fn::FindInMap':
        return this.#mapped(call.argument);
      default:
        return undefined;
    }
  }

  /** @returns The value with every intrinsic function in it replaced by text. What cannot be resolved stays. */
  resolved(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.resolved(item));
    if (value === null || typeof value !== 'object') return value;
    if (callOf(value)) return this.text(value) ?? value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.resolved(item)]));
  }

  #reference(name: string): string | undefined {
    const pseudo: Readonly<Record<string, string>> = {
      'AWS::AccountId': this.#stack.account,
      'AWS::NoValue': '',
      'AWS::Partition': this.#stack.partition,
      'AWS::Region': this.#stack.region,
      'AWS::StackId': this.#arn(
        'cloudformation',
        `stack/${this.#stack.stackName}/${this.#known('0a1b2c3d-0000-4000-8000-0123456789ab')}`,
      ),
      'AWS::StackName': this.#stack.stackName,
      'AWS::URLSuffix': this.#stack.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
    };
    if (name in pseudo) return pseudo[name];
    const parameter = this.#template.Parameters?.[name];
    if (parameter) return parameter.Default === undefined ? undefined : String(parameter.Default);
    const resource = this.#template.Resources[name];
    if (!resource) return undefined;
    if (REF_IS_ARN.has(resource.Type) || RESOURCE_ARNS[resource.Type]?.ref) return this.#arnOf(name, resource);
    const physical = this.#nameOf(name, resource);
    if (resource.Type !== 'AWS::SQS::Queue' || physical === undefined) return physical;
    const { region, account } = this.#stack;
    return `https://sqs.${region}.${pseudo['AWS::URLSuffix']}/${account}/${physical}`;
  }

  #attribute(id: string, attribute: string): string | undefined {
    const resource = this.#template.Resources[id];
    if (!resource) return undefined;
    if (attribute === 'StreamArn') {
      const table = this.#arnOf(id, resource);
      return table === undefined ? undefined : `${table}/stream/${this.#known(STREAM_LABEL)}`;
    }
    if (attribute.endsWith('Arn')) return this.#arnOf(id, resource);
    if (attribute === 'Version') return this.#known(VERSION);
    if (attribute === 'Id' && resource.Type === 'AWS::SecretsManager::Secret') return this.#arnOf(id, resource);
    return attribute.endsWith('Name') || ID_ATTRIBUTES.includes(attribute) ? this.#nameOf(id, resource) : undefined;
  }

  /** @returns The name that the template gives a resource, or the longest that CloudFormation generates for it, or its id. */
  #nameOf(id: string, { Type, Properties = {} }: MeasurableResource): string | undefined {
    const [limited] = LIMITED_PROPERTIES[Type] ?? [];
    const shape = RESOURCE_ARNS[Type];
    const [property, longest] =
      limited === undefined
        ? (shape?.name ?? OTHER_NAMES[Type] ?? [])
        : [limited.property, QUOTAS[limited.quota].maximum];
    if (shape?.id !== undefined) return this.#known(shape.id);
    if (property === undefined || longest === undefined) {
      if (Type.startsWith('AWS::ApiGateway')) return this.#known(GENERATED_ID);
      return this.#marks ? undefined : this.#generated(id, 128);
    }
    const written = this.text(Properties[property]);
    if (written !== undefined) return written;
    if (this.#marks && Properties[property] !== undefined) return undefined;
    const generated = this.#generated(id, longest);
    return Type === 'AWS::S3::Bucket' ? generated.toLowerCase() : generated;
  }

  #generated(logicalId: string, longest: number): string {
    const { stackName } = this.#stack;
    if (this.#marks) return markedName({ stackName, logicalId, longest });
    return generatedName({ stackName, logicalId, longest, suffix: GENERATED_SUFFIX });
  }

  /** @returns Text that only AWS knows, of the length of the example. */
  #known(example: string): string {
    return this.#marks ? GENERATED_MARK : example;
  }

  #arnOf(id: string, resource: MeasurableResource): string | undefined {
    const name = this.#nameOf(id, resource);
    const { Type, Properties = {} } = resource;
    const shape = RESOURCE_ARNS[Type];
    if (name === undefined) return FUNCTION_PARTS.has(Type) ? this.#partOfFunction(resource) : undefined;
    if (shape) return this.#arn(shape.service, shape.resource(name));
    const { partition, account } = this.#stack;
    switch (Type) {
      case 'AWS::IAM::Role':
        return `arn:${partition}:iam::${account}:role${this.text(Properties.Path) ?? '/'}${name}`;
      case 'AWS::IAM::ManagedPolicy':
        return `arn:${partition}:iam::${account}:policy${this.text(Properties.Path) ?? '/'}${name}`;
      case 'AWS::Lambda::Version':
      case 'AWS::Lambda::Alias':
        return this.#partOfFunction(resource);
      case 'AWS::Lambda::LayerVersion':
        return this.#arn('lambda', `layer:${name}:${this.#known(VERSION)}`);
      case 'AWS::S3::Bucket':
        return `arn:${partition}:s3:::${name}`;
      case 'AWS::Events::Rule':
        return this.#ruleArn(name, Properties);
      case 'AWS::Scheduler::Schedule':
        return this.#arn('scheduler', `schedule/${this.text(Properties.GroupName) ?? 'default'}/${name}`);
      case 'AWS::SecretsManager::Secret':
        return this.#arn('secretsmanager', `secret:${name}-${this.#known(SECRET_SUFFIX)}`);
      default:
        return this.#marks
          ? undefined
          : this.#arn(Type.split('::')[1]?.toLowerCase() ?? '', `${Type.split('::')[2]}/${name}`);
    }
  }

  /** @returns The ARN of a version or an alias. */
  #partOfFunction({ Type, Properties = {} }: MeasurableResource): string | undefined {
    const name = this.#functionName(Properties);
    const qualifier = Type === 'AWS::Lambda::Version' ? this.#known(VERSION) : this.text(Properties.Name);
    return name === undefined || qualifier === undefined
      ? undefined
      : this.#arn('lambda', `function:${name}:${qualifier}`);
  }

  /** @returns The ARN of a rule, with its bus unless that is the default one. */
  #ruleArn(name: string, { EventBusName }: Readonly<Record<string, unknown>>): string | undefined {
    if (EventBusName === undefined) return this.#arn('events', `rule/${name}`);
    const bus = this.text(EventBusName)?.split('/').at(-1);
    if (bus === undefined) return undefined;
    return this.#arn('events', `rule/${bus === 'default' ? '' : `${bus}/`}${name}`);
  }

  #functionName({ FunctionName }: Readonly<Record<string, unknown>>): string | undefined {
    return (this.text(FunctionName) ?? (this.#marks ? undefined : GENERATED_ID))?.replace(/^arn:.*:function:/, '');
  }

  #arn(service: string, resource: string): string {
    const { partition, region, account } = this.#stack;
    return `arn:${partition}:${service}:${region}:${account}:${resource}`;
  }

  #substituted(argument: unknown): string | undefined {
    let known = true;
    const orUnknown = (text: string | undefined) => {
      if (text === undefined) known = false;
      return text ?? '';
    };
    const text = substitute(
      argument,
      (value) => orUnknown(this.text(value)),
      (name) => {
        const [id, attribute] = splitAtDot(name);
        return orUnknown(attribute === '' ? this.#reference(id) : this.#attribute(id, attribute));
      },
    );
    return known ? text : undefined;
  }

  #joined(argument: unknown): string | undefined {
    if (!Array.isArray(argument) || !Array.isArray(argument[1])) return undefined;
    const parts = argument[1].map((part) => this.text(part));
    return parts.includes(undefined) ? undefined : parts.join(String(argument[0]));
  }

  #longer(argument: unknown): string | undefined {
    if (!Array.isArray(argument)) return undefined;
    const [yes, no] = [this.text(argument[1]), this.text(argument[2])];
    if (yes === undefined || no === undefined) return undefined;
    return yes.length >= no.length ? yes : no;
  }

  #mapped(argument: unknown): string | undefined {
    if (!Array.isArray(argument)) return undefined;
    const [map, first, second] = argument.map((part) => this.text(part));
    const value = this.#template.Mappings?.[map ?? '']?.[first ?? '']?.[second ?? ''];
    return value === undefined ? undefined : this.text(value);
  }
}

/** The types whose ARN follows from a function. */
const FUNCTION_PARTS: ReadonlySet<string> = new Set(['AWS::Lambda::Alias', 'AWS::Lambda::Version']);

/** The types of which `Ref` is an ARN, apart from those of {@link RESOURCE_ARNS}. */
const REF_IS_ARN: ReadonlySet<string> = new Set([
  ...FUNCTION_PARTS,
  'AWS::IAM::ManagedPolicy',
  'AWS::Lambda::LayerVersion',
  'AWS::SecretsManager::Secret',
]);

/** Property with the name and length of the longest, of types whose ARN needs more than the name. */
const OTHER_NAMES: Readonly<Record<string, readonly [property: string, longest: number]>> = {
  'AWS::Scheduler::Schedule': ['Name', 64],
  'AWS::SecretsManager::Secret': ['Name', 512],
};
