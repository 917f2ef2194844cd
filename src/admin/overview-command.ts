import type { Command } from './command.js';
import { records } from './services.js';
import { list } from './table.js';

export const OVERVIEW: Command = {
  usage: 'overview',
  summary: 'the service at a glance, of all servers',
  explained: false,
  run: async (app) => ({ ...(await (await records(app)).readOverview()) }),
  describe: list,
};
