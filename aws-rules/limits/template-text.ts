import { generatedName } from '../resource-handlers/generated-name';
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

/**
 * Resolves the values of a template to text as CloudFormation will, for measuring. What only AWS knows is replaced by text of
 * the length that it has at most: names that CloudFormation generates, ARNs of resources, numbers of versions.
 */
export class TemplateText {
  readonly #template: MeasurableTemplate;
  readonly #stack: StackLocation;

  constructor(template: MeasurableTemplate, stack: StackLocation) {
    this.#template = template;
    this.#stack = stack;
  }

  /** @returns The value as text; undefined if its length cannot be said, e.g. of a parameter without a default. */
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
        `stack/${this.#stack.stackName}/0a1b2c3d-0000-4000-8000-0123456789ab`,
      ),
      'AWS::StackName': this.#stack.stackName,
      'AWS::URLSuffix': this.#stack.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
    };
    if (name in pseudo) return pseudo[name];
    const parameter = this.#template.Parameters?.[name];
    if (parameter) return parameter.Default === undefined ? undefined : String(parameter.Default);
    const resource = this.#template.Resources[name];
    if (!resource) return undefined;
    return REF_IS_ARN.has(resource.Type) ? this.#arnOf(name, resource) : this.#nameOf(name, resource);
  }

  #attribute(id: string, attribute: string): string | undefined {
    const resource = this.#template.Resources[id];
    if (!resource) return undefined;
    if (attribute === 'Arn' || attribute.endsWith('Arn')) return this.#arnOf(id, resource);
    if (attribute === 'Version') return VERSION;
    return attribute.endsWith('Name') ? this.#nameOf(id, resource) : undefined;
  }

  /** @returns The name that the template gives a resource, or the longest that CloudFormation generates for it. */
  #nameOf(id: string, { Type, Properties = {} }: MeasurableResource): string {
    const [named] = LIMITED_PROPERTIES[Type] ?? [];
    if (!named) return Type.startsWith('AWS::ApiGateway') ? GENERATED_ID : this.#generated(id, 128);
    const written = Properties[named.property];
    const name = written === undefined ? undefined : this.text(written);
    if (name !== undefined) return name;
    const generated = this.#generated(id, QUOTAS[named.quota].maximum);
    return Type === 'AWS::S3::Bucket' ? generated.toLowerCase() : generated;
  }

  #generated(id: string, longest: number): string {
    const suffix = GENERATED_SUFFIX;
    return generatedName({ stackName: this.#stack.stackName, logicalId: id, longest, suffix });
  }

  #arnOf(id: string, resource: MeasurableResource): string {
    const name = this.#nameOf(id, resource);
    const { partition, account } = this.#stack;
    const { Properties = {} } = resource;
    switch (resource.Type) {
      case 'AWS::IAM::Role':
        return `arn:${partition}:iam::${account}:role${this.text(Properties.Path) ?? '/'}${name}`;
      case 'AWS::IAM::ManagedPolicy':
        return `arn:${partition}:iam::${account}:policy${this.text(Properties.Path) ?? '/'}${name}`;
      case 'AWS::Lambda::Function':
        return this.#arn('lambda', `function:${name}`);
      case 'AWS::Lambda::Version':
        return this.#arn('lambda', `function:${this.#functionName(Properties)}:${VERSION}`);
      case 'AWS::Lambda::Alias':
        return this.#arn('lambda', `function:${this.#functionName(Properties)}:${this.text(Properties.Name)}`);
      case 'AWS::Logs::LogGroup':
        return this.#arn('logs', `log-group:${name}:*`);
      case 'AWS::S3::Bucket':
        return `arn:${partition}:s3:::${name}`;
      case 'AWS::SNS::Topic':
        return this.#arn('sns', name);
      case 'AWS::SQS::Queue':
        return this.#arn('sqs', name);
      case 'AWS::DynamoDB::Table':
        return this.#arn('dynamodb', `table/${name}`);
      case 'AWS::KMS::Key':
        return this.#arn('kms', 'key/0a1b2c3d-0000-4000-8000-0123456789ab');
      case 'AWS::Events::Rule':
        return this.#arn('events', `rule/${name}`);
      case 'AWS::Events::EventBus':
        return this.#arn('events', `event-bus/${name}`);
      case 'AWS::CloudWatch::Alarm':
        return this.#arn('cloudwatch', `alarm:${name}`);
      default:
        return this.#arn(resource.Type.split('::')[1]?.toLowerCase() ?? '', `${resource.Type.split('::')[2]}/${name}`);
    }
  }

  #functionName({ FunctionName }: Readonly<Record<string, unknown>>): string {
    return (this.text(FunctionName) ?? GENERATED_ID).replace(/^arn:.*:function:/, '');
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

/** The types of which `Ref` is an ARN, of those whose ARNs are resolved. */
const REF_IS_ARN: ReadonlySet<string> = new Set([
  'AWS::IAM::ManagedPolicy',
  'AWS::Lambda::Alias',
  'AWS::Lambda::LayerVersion',
  'AWS::Lambda::Version',
  'AWS::SNS::Topic',
]);
