import type { INestApplicationContext } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { ERROR_CATALOGUE } from '../common/error-catalogue.js';
import type { Config } from '../config/config.js';
import type { OperatorAct } from '../modules/operators/operator-act.js';
import { OperatorTargets } from '../modules/operators/operator-targets.service.js';
import { OperatorsModule } from '../modules/operators/operators.module.js';
import { PersonSignOutService } from '../modules/operators/person-sign-out.service.js';
import { SecondFactorRemovalService } from '../modules/operators/second-factor-removal.service.js';
import { TenantSuspensionService } from '../modules/operators/tenant-suspension.service.js';
import { withModules } from './open-modules.js';

type Result = Record<string, boolean | number>;
type Command = (app: INestApplicationContext, whom: string, act: OperatorAct) => Promise<Result>;

const COMMANDS = {
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
} satisfies Record<string, Command>;

export interface OperatorOrder {
  command: keyof typeof COMMANDS;
  whom: string;
  act: OperatorAct;
  json: boolean;
}

/** Prints the result, or why it was refused; then the exit code is 1. */
export function carryOut(config: Config, order: OperatorOrder): Promise<void> {
  return withModules(config, [OperatorsModule], (app) => execute(app, order));
}

async function execute(
  app: INestApplicationContext,
  { command, whom, act, json }: OperatorOrder,
): Promise<void> {
  try {
    const result = await COMMANDS[command](app, whom, act);
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
