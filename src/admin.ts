#!/usr/bin/env node
import './boot/environment-file.js';
import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { type Command, type Order, parseOrder, type Result, UNCHANGED } from './admin/command.js';
import { COMMANDS } from './admin/commands.js';
import { loadForCommand } from './boot/load-environment.js';
import { EX_USAGE, runCommand } from './boot/run-command.js';
import { AppError } from './common/app-error.js';
import { ERROR_CATALOGUE } from './common/error-catalogue.js';

const WIDTH = Math.max(...COMMANDS.map(({ usage }) => usage.length));

const HELP = `Usage: npm run admin -- <command> <whom> --reason TEXT --reference TEXT [--json]

${COMMANDS.map(({ usage, summary }) => `  ${usage.padEnd(WIDTH)}  ${summary}`).join('\n')}

  The commands that read, and those on operators, take neither a reason nor a reference.
  <tenant> is an id or a slug, <person> an id, an e-mail address or a phone number, <identifier> one of the latter two.
  tenant list and audit list print a page of --limit rows (20), and the --cursor of the next one; --all prints all.
  --reason     why, for the operators' audit trail
  --reference  who acts, or the support case; the tenants see it in their audit trail
  --json       prints the result as one JSON object

Works on DATABASE_URL, with the SECRET_KEY of the servers, and holds at once at all of them. The people concerned are
notified. Exit codes: 0 done, 1 refused or failed, ${EX_USAGE} wrong arguments, 78 wrong configuration.
`;

async function execute(command: Command, order: Order, app?: INestApplicationContext): Promise<void> {
  try {
    const result = (await (app ? command.run?.(app, order) : command.runAlone?.(order))) ?? {};
    const print = command.describe ?? describe;
    process.stdout.write(order.json ? `${JSON.stringify(result)}\n` : print(result));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const reason = error.printDetail() ?? ERROR_CATALOGUE[error.code].title;
    if (order.json) process.stdout.write(`${JSON.stringify({ error: error.code, detail: reason })}\n`);
    else process.stderr.write(`${reason}\n`);
    process.exitCode = 1;
  }
}

const describe = ({ changed }: Result): string => (changed === false ? UNCHANGED : 'Done.\n');

async function run(command: Command, order: Order): Promise<void> {
  if (command.runAlone) return execute(command, order);
  const config = loadForCommand();
  const { withAdminModules } = await import('./admin/open-admin-modules.js');
  await withAdminModules(config, (app) => execute(command, order, app));
}

/** `npm run admin`: the operator's commands. Only a command that runs loads modules. */
await runCommand(
  HELP,
  (args) => parseOrder(COMMANDS, args),
  ({ command, order }) => run(command, order),
);
