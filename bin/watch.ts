import { startCommand } from './start-command';

void startCommand('watch');
