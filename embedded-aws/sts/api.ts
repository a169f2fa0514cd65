import type { ServiceApi } from '../protocol/api';
import { queryApi } from '../protocol/query';
import type { Caller } from '../scope';
import { STS_ACCESS } from './access';
import type { SessionCredentials } from './credentials';

/** Methods of `Sts` that the API calls. */
interface StsMethods {
  userId(caller: Caller): string | undefined;
  assumeRole(caller: Caller, roleArn: string, sessionName: string, duration?: number): SessionCredentials;
  authenticate(accessKeyId: string, region: string): Caller;
}

export function stsApi(sts: StsMethods): ServiceApi {
  return queryApi({
    signingName: 'sts',
    access: STS_ACCESS,
    xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    operations: {
      GetCallerIdentity: {
        accepts: [],
        run: (_input, caller) => ({ UserId: sts.userId(caller), Account: caller.accountId, Arn: caller.arn }),
      },
      AssumeRole: {
        accepts: ['RoleArn', 'RoleSessionName', 'DurationSeconds'],
        run({ RoleArn, RoleSessionName, DurationSeconds }, caller) {
          const duration = DurationSeconds === undefined ? undefined : Number(DurationSeconds);
          const credentials = sts.assumeRole(caller, RoleArn, RoleSessionName, duration);
          const session = sts.authenticate(credentials.accessKeyId, caller.region);
          return {
            Credentials: {
              AccessKeyId: credentials.accessKeyId,
              SecretAccessKey: credentials.secretAccessKey,
              SessionToken: credentials.sessionToken,
              Expiration: credentials.expiration,
            },
            AssumedRoleUser: { AssumedRoleId: sts.userId(session), Arn: session.arn },
          };
        },
      },
    },
  });
}
