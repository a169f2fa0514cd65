import { startCommand } from './start-command';

startCommand('outcome');
