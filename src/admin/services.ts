import type { INestApplicationContext as App } from '@nestjs/common';

// The services of the commands, whose code is loaded when a command runs: help and wrong arguments load none of it

export const credentialRevoker = async (app: App) =>
  app.get((await import('../modules/operators/credential-revoker.service.js')).CredentialRevokerService);

export const limits = async (app: App) =>
  app.get((await import('../modules/operators/limits.service.js')).LimitsService);

export const operatorAccounts = async (app: App) =>
  app.get(
    (await import('../modules/operator-accounts/operator-accounts.service.js')).OperatorAccountsService,
  );

export const operatorTargets = async (app: App) =>
  app.get((await import('../modules/operators/operator-targets.service.js')).OperatorTargets);

export const peopleExport = async (app: App) =>
  app.get((await import('../modules/people-import/people-export.service.js')).PeopleExportService);

export const peopleImport = async (app: App) =>
  app.get((await import('../modules/people-import/people-import.service.js')).PeopleImportService);

export const personBlock = async (app: App) =>
  app.get((await import('../modules/operators/person-block.service.js')).PersonBlockService);

export const personHelp = async (app: App) =>
  app.get((await import('../modules/operators/person-help.service.js')).PersonHelpService);

export const personSignOut = async (app: App) =>
  app.get((await import('../modules/operators/person-sign-out.service.js')).PersonSignOutService);

export const productAccounts = async (app: App) =>
  app.get((await import('../modules/operators/product-accounts.service.js')).ProductAccountsService);

export const records = async (app: App) =>
  app.get((await import('../modules/operators/records.service.js')).RecordsService);

export const secondFactorRemoval = async (app: App) =>
  app.get((await import('../modules/operators/second-factor-removal.service.js')).SecondFactorRemovalService);

export const tenantDeletion = async (app: App) =>
  app.get((await import('../modules/operators/tenant-deletion.service.js')).TenantDeletionService);

export const tenantSuspension = async (app: App) =>
  app.get((await import('../modules/operators/tenant-suspension.service.js')).TenantSuspensionService);

/** Who reads by a command. */
export const viewer = async () => (await import('../modules/operators/operator-act.js')).atServer();
