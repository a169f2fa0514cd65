import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { functionCode, handlerOf } from './function-code';

interface PipelineFunctionProps {
  /** Name of the function and of its role. The environments' roles refer to the role by this name. */
  readonly name: string;
  readonly description: string;
  /** Path of the file that exports `handler`, relative to the repository. */
  readonly entry: string;
  readonly timeout: Duration;
  /** The permissions of its role, in addition to writing its log. */
  readonly permissions: readonly PolicyStatement[];
  /**
   * Environment variables.
   *
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Receives each event that the function failed to process three times.
   *
   * @default - the event is dropped
   */
  readonly deadLetterQueue?: IQueue;
}

/**
 * A function of the pipeline that works for all environments, with a named role and a log that is kept for three
 * months.
 */
export class PipelineFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: PipelineFunctionProps) {
    const { name, description, entry, timeout, permissions, environment, deadLetterQueue } = props;
    const role = new Role(scope, `${id}Role`, {
      roleName: name,
      description: `Role of the function ${name}`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Work: new PolicyDocument({ statements: [...permissions] }) },
    });
    // Has the name that Lambda uses, so that people find it. If it were retained, the pipeline could not be created
    // again.
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
