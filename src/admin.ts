#!/usr/bin/env node
import './boot/environment-file.js';
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import type { INestApplicationContext } from '@nestjs/common';
import { loadEnvironment } from './boot/load-environment.js';
import { withModules } from './boot/open-modules.js';
import { EX_USAGE, runCommand } from './boot/run-command.js';
import { AppError } from './common/app-error.js';
import { ERROR_CATALOGUE } from './common/error-catalogue.js';
import type { OperatorAct } from './modules/operators/operator-act.js';
import { OperatorTargets } from './modules/operators/operator-targets.service.js';
import { OperatorsModule } from './modules/operators/operators.module.js';
import { PersonSignOutService } from './modules/operators/person-sign-out.service.js';
import { SecondFactorRemovalService } from './modules/operators/second-factor-removal.service.js';
import { TenantSuspensionService } from './modules/operators/tenant-suspension.service.js';

const HELP = `Usage: npm run admin -- <command> <whom> --reason TEXT --reference TEXT [--json]

  tenant suspend <tenant>                from now on nobody reaches the tenant, at any contract; nothing is revoked
  tenant restore <tenant>                undoes it
  person sign-out <person>               ends sessions, trusted devices, API keys, links and codes
  person remove-second-factor <person>   for a person who lost it and whom you have identified

  <tenant> is an id or a slug, <person> an id, an e-mail address or a phone number.
  --reason     why, for the operators' audit trail
  --reference  who acts, or the support case; the tenants see it in their audit trail
  --json       prints the result as one JSON object

Works on DATABASE_URL, with the SECRET_KEY of the servers, and holds at once at all of them. The people concerned are
notified. Exit codes: 0 done, 1 refused or failed, ${EX_USAGE} wrong arguments, 78 wrong configuration.
`;

type Result = Record<string, boolean | number>;
type Command = (app: INestApplicationContext, whom: string, act: OperatorAct) => Promise<Result>;

const COMMANDS: Record<string, Command> = {
  'tenant suspend': async (app, whom, act) => {
    const id = await app.get(OperatorTargets).tenantId(whom);
    return { changed: await app.get(TenantSuspensionService).suspend(id, act) };
  },
  'tenant restore': async (app, whom, act) => {
    const id = await app.get(OperatorTargets).tenantId(whom);
    return { changed: await app.get(TenantSuspensionService).restore(id, act) };
  },
  'person sign-out': async (app, whom, act) => {
    const id = await app.get(OperatorTargets).personId(whom);
    return { changed: true, ...(await app.get(PersonSignOutService).signOut(id, act)) };
  },
  'person remove-second-factor': async (app, whom, act) => {
    const id = await app.get(OperatorTargets).personId(whom);
    return { changed: true, ...(await app.get(SecondFactorRemovalService).remove(id, act)) };
  },
};

interface Order {
  command: Command;
  whom: string;
  act: OperatorAct;
  json: boolean;
}

/** Returns null if the arguments are invalid. */
function parse(args: string[]): Order | null {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        reason: { type: 'string' },
        reference: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    const [noun = '', verb = '', whom = '', ...others] = positionals;
    const command = Object.hasOwn(COMMANDS, `${noun} ${verb}`) ? COMMANDS[`${noun} ${verb}`] : undefined;
    const { reason, reference, json } = values;
    if (!command || whom === '' || others.length > 0 || reason === undefined || reference === undefined)
      return null;
    return { command, whom, act: { reason, reference }, json };
  } catch {
    return null;
  }
}

async function execute(app: INestApplicationContext, { command, whom, act, json }: Order): Promise<void> {
  try {
    const result = await command(app, whom, act);
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : describe(result));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const reason = error.printDetail() ?? ERROR_CATALOGUE[error.code].title;
    if (json) process.stdout.write(`${JSON.stringify({ error: error.code, detail: reason })}\n`);
    else process.stderr.write(`${reason}\n`);
    process.exitCode = 1;
  }
}

function describe({ changed, sessions }: Result): string {
  if (!changed) return 'It was so already: nothing changed.\n';
  return sessions === undefined ? 'Done.\n' : `Done: ${sessions} sessions ended.\n`;
}

/** `npm run admin`: the operator's commands. */
await runCommand(HELP, parse, (order) =>
  withModules(loadEnvironment({ serves: false }), [OperatorsModule], (app) => execute(app, order)),
);
