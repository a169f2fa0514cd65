import type { ServiceApi } from '../protocol/api';
import { queryApi } from '../protocol/query';
import { changeSetOperations } from './api/change-set-operations';
import { readOperations } from './api/read-operations';
import { stackOperations } from './api/stack-operations';
import type { CloudFormation } from './cloudformation';

export function cloudformationApi(cloudformation: CloudFormation): ServiceApi {
  return queryApi({
    signingName: 'cloudformation',
    xmlNamespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
    operations: {
      ...changeSetOperations(cloudformation),
      ...stackOperations(cloudformation),
      ...readOperations(cloudformation),
    },
  });
}
