import { startCommand } from './start-command';

void startCommand('outcome');
