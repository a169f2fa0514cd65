import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { functionCode, handlerOf } from './function-code';

export interface PipelineFunctionProps {
  /** Of the function and of its role; the environments' roles know the latter by it. */
  readonly name: string;
  readonly description: string;
  /** Exports `handler`; relative to the repository. */
  readonly entry: string;
  readonly timeout: Duration;
  /** What its role may do beside writing its log. */
  readonly permissions: readonly PolicyStatement[];
  /** @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where an event goes that it failed on three times. @default - nowhere */
  readonly deadLetterQueue?: IQueue;
}

/** A function of the pipeline's own, for all environments at once: a role by name, and a log for three months. */
export class PipelineFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: PipelineFunctionProps) {
    const { name, description, entry, timeout, permissions, environment, deadLetterQueue } = props;
    const role = new Role(scope, `${id}Role`, {
      roleName: name,
      description: `What the function ${name} runs as`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Work: new PolicyDocument({ statements: [...permissions] }) },
    });
    // By its usual name, so that it is found; it can be made again after the pipeline was deleted only if it went too.
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      logGroupName: `/aws/lambda/${name}`,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    logGroup.grantWrite(role);
    super(scope, id, {
      functionName: name,
      description,
      code: functionCode(entry),
      handler: handlerOf(entry),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 512,
      timeout,
      role,
      logGroup,
      deadLetterQueue,
      environment: { NODE_OPTIONS: '--enable-source-maps', ...environment },
    });
  }
}
