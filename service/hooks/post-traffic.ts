import { postTrafficHook } from 'serverless-canary-guard/hooks';
import checks from '../checks.json';

export const handler = postTrafficHook({ checks });
