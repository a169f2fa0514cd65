import type { VirtualClock } from '../../clock';
import { AwsError, Unsupported } from '../../errors';
import { RawResponse, type RestRoute } from '../../protocol/rest';
import type { AsynchronousInvocations } from '../asynchronous-invocations';
import type { FunctionStore } from '../function-store';
import type { Invoker } from '../invoker';
import { FUNCTIONS } from './context';

/** Bytes of log that `LogType: Tail` returns (API reference, Invoke). */
const TAIL = 4096;

interface InvokeRouteProps {
  readonly clock: VirtualClock;
  readonly functions: FunctionStore;
  readonly invoker: Invoker;
  readonly events: AsynchronousInvocations;
}

/** The operation Invoke. */
export function invokeRoute({ clock, functions, invoker, events }: InvokeRouteProps): RestRoute {
  return {
    route: `POST ${FUNCTIONS}/{FunctionName}/invocations`,
    name: 'Invoke',
    accepts: ['FunctionName', 'Qualifier', 'InvocationType', 'LogType', 'Payload'],
    headers: { 'x-amz-invocation-type': 'InvocationType', 'x-amz-log-type': 'LogType' },
    payload: 'Payload',
    async run({ FunctionName, Qualifier, InvocationType = 'RequestResponse', LogType, Payload }) {
      const payload = readPayload(Payload);
      if (InvocationType === 'Event') {
        events.start(FunctionName, payload, Qualifier);
        return new RawResponse(202, {}, '');
      }
      if (InvocationType !== 'RequestResponse')
        throw new Unsupported(`lambda:Invoke with InvocationType ${InvocationType}`);
      const target = functions.resolve(FunctionName, Qualifier);
      // In a task, so that no virtual time passes meanwhile.
      const invocation = await clock.spawn(() => invoker.invoke(target, payload), { daemon: true });
      const log = Buffer.from(`${invocation.log.join('\n')}\n`).subarray(-TAIL);
      return new RawResponse(
        200,
        {
          'content-type': 'application/json',
          'x-amzn-requestid': invocation.requestId,
          'x-amz-executed-version': invocation.executedVersion,
          ...(invocation.functionError && { 'x-amz-function-error': invocation.functionError }),
          ...(LogType === 'Tail' && { 'x-amz-log-result': log.toString('base64') }),
        },
        invocation.payload,
      );
    },
  };
}

/**
 * @returns JSON text; an empty payload is an empty object, as on Lambda.
 * @throws AwsError InvalidRequestContentException when the payload is not JSON.
 */
function readPayload(body: Buffer): string {
  if (body.length === 0) return '{}';
  const text = body.toString('utf8');
  try {
    JSON.parse(text);
  } catch (error) {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${(error as Error).message}`,
    );
  }
  return text;
}
