#!/usr/bin/env node
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { loadEnvironment } from './boot/load-environment.js';
import type { OperatorOrder } from './boot/operator-commands.js';
import { EX_USAGE, runCommand } from './boot/run-command.js';

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

const COMMANDS = [
  'tenant suspend',
  'tenant restore',
  'person sign-out',
  'person remove-second-factor',
] as const;

/** Returns null if the arguments are invalid. */
function parse(args: string[]): OperatorOrder | null {
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
    const command = COMMANDS.find((name) => name === `${noun} ${verb}`);
    const { reason, reference, json } = values;
    if (!command || whom === '' || others.length > 0 || reason === undefined || reference === undefined)
      return null;
    return { command, whom, act: { reason, reference }, json };
  } catch {
    return null;
  }
}

/** `npm run admin`: the operator's commands. Nothing else is loaded for arguments or settings that are wrong. */
await runCommand(HELP, parse, async (order) => {
  const config = loadEnvironment({ serves: false });
  const { carryOut } = await import('./boot/operator-commands.js');
  await carryOut(config, order);
});
