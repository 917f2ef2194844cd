import { parseOrder } from '../../src/admin/command.js';
import { COMMANDS } from '../../src/admin/commands.js';
import { withAdminModules } from '../../src/admin/open-admin-modules.js';
import { loadConfig } from '../../src/config/config.js';
import type { Server } from './server.js';

/** What a command of `npm run admin` prints with --json, in this process: a program of its own takes long to start. */
export async function adminResult(args: string[], server: Server): Promise<Record<string, unknown>> {
  const { command, order } = parseOrder(COMMANDS, args);
  let result: Record<string, unknown> = {};
  await withAdminModules(loadConfig(server.settings), async (app) => {
    result = (await command.run?.(app, order)) ?? {};
  });
  return JSON.parse(JSON.stringify(result)) as Record<string, unknown>;
}
