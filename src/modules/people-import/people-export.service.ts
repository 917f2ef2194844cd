import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { explained, type OperatorAct } from '../operators/operator-act.js';
import { OperatorTrail } from '../operators/operator-trail.service.js';
import { ImportedPasswordsService } from '../passwords/imported-passwords.service.js';
import { type ExportedTenant, ImportedTenantsRepository } from '../tenants/imported-tenants.repository.js';
import { ImportedFactorsService } from '../two-factor/imported-factors.service.js';
import { type ExportedUser, ImportedUsersRepository } from '../users/imported-users.repository.js';
import type { PersonRecord, TenantRecord } from './import-record.js';

const PAGE_SIZE = 500;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** Writes tenants and people as an import reads them. */
@Injectable()
export class PeopleExportService {
  constructor(
    private readonly database: Database,
    private readonly users: ImportedUsersRepository,
    private readonly tenants: ImportedTenantsRepository,
    private readonly passwords: ImportedPasswordsService,
    private readonly factors: ImportedFactorsService,
    private readonly trail: OperatorTrail,
  ) {}

  /**
   * Records in the operators' trail that what `export` reads leaves the database, and how much that is at present: to be
   * called before anything is written. Throws ActNotExplained.
   */
  async announce(
    order: OperatorAct,
    { withSecrets }: { withSecrets: boolean },
  ): Promise<{ tenants: number; people: number }> {
    const act = explained(order);
    return this.database.acrossTenants(async (tx) => {
      const counts = { tenants: await this.tenants.count(tx), people: await this.users.countActive(tx) };
      await this.trail.record(tx, act, { action: 'people.exported', detail: { ...counts, withSecrets } }, []);
      return counts;
    });
  }

  /**
   * All tenants, then all active people. Whoever was not imported has the own id as external id. With secrets: the
   * hashes of passwords and the seeds of authenticators; backup codes are stored as hashes and cannot be exported.
   */
  async *export({ withSecrets }: { withSecrets: boolean }): AsyncGenerator<TenantRecord | PersonRecord> {
    for await (const tenant of this.pages((after) => this.readTenants(after))) yield toTenant(tenant);
    for await (const user of this.pages((after) => this.readUsers(after)))
      yield { ...toPerson(user), ...(withSecrets && this.secretsOf(user)) };
  }

  private async *pages<Row extends { id: string }>(
    read: (after: string) => Promise<Row[]>,
  ): AsyncGenerator<Row> {
    for (let after: string | undefined = FIRST_ID; after !== undefined;) {
      const page: Row[] = await read(after);
      yield* page;
      after = page.at(-1)?.id;
    }
  }

  private readTenants(after: string): Promise<ExportedTenant[]> {
    return this.database.acrossTenants((tx) => this.tenants.page(tx, after, PAGE_SIZE));
  }

  private readUsers(after: string): Promise<ExportedUser[]> {
    return this.database.acrossTenants((tx) => this.users.page(tx, after, PAGE_SIZE));
  }

  private secretsOf({ id, hash, imported, seed }: ExportedUser): Pick<PersonRecord, 'password' | 'totp'> {
    const own = hash === null ? undefined : ({ scheme: 'argon2', hash } as const);
    const password = imported ? this.passwords.decrypt({ userId: id, imported }) : own;
    return {
      ...(password && { password }),
      ...(seed && { totp: { seed: this.factors.decrypt(id, seed) } }),
    };
  }
}

function toTenant({ id, externalId, businessType, ...rest }: ExportedTenant): TenantRecord {
  return {
    type: 'tenant',
    externalId: externalId ?? id,
    ...rest,
    ...(businessType !== null && { businessType }),
  };
}

function toPerson({ id, externalId, email, phone, memberships, ...user }: ExportedUser): PersonRecord {
  const { emailVerified, phoneVerified, firstName, lastName, createdAt } = user;
  return {
    type: 'person',
    externalId: externalId ?? id,
    ...(email !== null && { email, emailVerified }),
    ...(phone !== null && { phone, phoneVerified }),
    firstName,
    lastName,
    createdAt,
    memberships,
  };
}
