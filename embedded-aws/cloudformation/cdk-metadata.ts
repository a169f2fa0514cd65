import type { ResourceType } from '../resource-type';

/** `AWS::CDK::Metadata`, with which the CDK counts its uses: CloudFormation makes nothing of it. */
export const cdkMetadata: ResourceType = {
  type: 'AWS::CDK::Metadata',
  accepts: ['Analytics'],
  replacedBy: [],
  create: async (_properties, { logicalId, stackName }) => ({ id: `${stackName}-${logicalId}`, attributes: {} }),
  update: async (id) => ({ id, attributes: {} }),
  delete: async () => {},
};
