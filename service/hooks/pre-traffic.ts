import { preTrafficHook } from 'serverless-canary-guard/hooks';
import checks from '../checks.json';

export const handler = preTrafficHook({ checks });
