import type { INestApplicationContext } from '@nestjs/common';
import { withModules } from '../boot/open-modules.js';
import type { Config } from '../config/config.js';
import { OperatorAccountsModule } from '../modules/operator-accounts/operator-accounts.module.js';
import { OperatorsModule } from '../modules/operators/operators.module.js';
import { PeopleImportModule } from '../modules/people-import/people-import.module.js';

const MODULES = [OperatorAccountsModule, OperatorsModule, PeopleImportModule];

/** Calls `work` with the modules that the commands use, on the configured database. */
export const withAdminModules = (
  config: Config,
  work: (app: INestApplicationContext) => Promise<void>,
): Promise<void> => withModules(config, MODULES, work);
