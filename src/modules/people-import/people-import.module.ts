import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { OperatorsModule } from '../operators/operators.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { TwoFactorModule } from '../two-factor/two-factor.module.js';
import { UsersModule } from '../users/users.module.js';
import { PeopleExportService } from './people-export.service.js';
import { PeopleImportService } from './people-import.service.js';
import { PersonImportService } from './person-import.service.js';
import { TenantImportService } from './tenant-import.service.js';

/** Moves people and tenants between systems, by `npm run admin`. No endpoint reaches it. */
@Module({
  imports: [AuditModule, OperatorsModule, PasswordsModule, TenantsModule, TwoFactorModule, UsersModule],
  providers: [PeopleExportService, PeopleImportService, PersonImportService, TenantImportService],
  exports: [PeopleExportService, PeopleImportService],
})
export class PeopleImportModule {}
