import { Injectable } from '@nestjs/common';
import { v5 as nameId } from 'uuid';
import { DEFAULT_KEY_SCOPES } from '../../common/permissions.js';
import { Database } from '../../database/database.js';
import { keyTextOf } from '../api-keys/key-text.js';
import { PinnedApiKeysService } from '../api-keys/pinned-api-keys.service.js';
import { CredentialsService } from '../passwords/credentials.service.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { PeopleImportService } from '../people-import/people-import.service.js';
import { SERVICE_SCOPES } from '../service-accounts/client-scopes.js';
import { ServiceAccountsRepository } from '../service-accounts/service-accounts.repository.js';
import { ownerOf, type Seed, type SeedPerson, type SeedTenant } from './seed.js';
import type { SeedProblem } from './seed-references.js';

/** RFC 9562 §5.5: the same names always get the same ids. */
const NAMESPACE = '6f8c3f0e-9d0a-5d0c-8f5c-3f0f6d1f7a10';
const idOf = (...names: string[]): string => nameId(JSON.stringify(names), NAMESPACE);
const tenantId = ({ id, slug }: SeedTenant): string => id ?? idOf('tenant', slug);
const personId = (person: SeedPerson): string => person.id ?? idOf('person', ownerOf(person));

/** Fills the empty database of an ephemeral server. The same file gives the same ids and credentials. */
@Injectable()
export class SeedingService {
  constructor(
    private readonly database: Database,
    private readonly hasher: PasswordHasher,
    private readonly passwords: CredentialsService,
    private readonly importing: PeopleImportService,
    private readonly apiKeys: PinnedApiKeysService,
    private readonly accounts: ServiceAccountsRepository,
  ) {}

  /** Returns what the database refuses of the file; then nothing may rely on the database. */
  async fill(seed: Seed): Promise<SeedProblem[]> {
    const problems = await this.importRecords(seed);
    if (problems.length > 0) return problems;
    await this.setPasswords(seed);
    for (const tenant of seed.tenants) await this.addCredentials(seed, tenant);
    return [];
  }

  private async importRecords({ tenants, people }: Seed): Promise<SeedProblem[]> {
    const records: object[] = tenants.map((tenant) => ({
      ...tenant,
      type: 'tenant',
      externalId: tenantId(tenant),
      id: undefined, // JSON leaves it out
    }));
    records.push(...people.map(toRecord));
    const places = [...tenants.map((_, n) => `/tenants/${n}`), ...people.map((_, n) => `/people/${n}`)];
    const problems: SeedProblem[] = [];
    const run = this.importing.import(linesOf(records), {
      act: { reason: 'Seed file', reference: 'seed' },
      dryRun: false,
      newId: (kind, ...names) =>
        kind === 'tenant' || kind === 'person' ? (names[0] ?? '') : idOf(kind, ...names),
    });
    for await (const { outcomes } of run) {
      for (const one of outcomes) {
        if (one.outcome !== 'refused') continue;
        const pointer = one.pointer.replace(/\/tenantSlug$/, '/tenant');
        problems.push({ path: `${places[one.line - 1]}${pointer}`, detail: one.detail });
      }
    }
    return problems;
  }

  private async setPasswords({ people }: Seed): Promise<void> {
    for (const person of people) {
      if (person.password === undefined) continue;
      const hash = await this.hasher.hash(person.password);
      await this.database.acrossTenants((tx) => this.passwords.set(tx, personId(person), hash));
    }
  }

  private async addCredentials(
    { people, apiKeys, serviceAccounts }: Seed,
    tenant: SeedTenant,
  ): Promise<void> {
    const owners = new Map(
      people.flatMap((one) => [one.email, one.phone].map((name) => [name, personId(one)])),
    );
    await this.database.inTenant(tenantId(tenant), async (tx) => {
      for (const key of apiKeys.filter((one) => one.tenant === tenant.slug)) {
        const {
          id = idOf('api-key', key.key),
          name,
          scopes = [...DEFAULT_KEY_SCOPES],
          expiresInDays = null,
        } = key;
        const userId = owners.get(ownerOf(key)) as string;
        await this.apiKeys.insert(tx, { id, userId, name, scopes, text: key.key, expiresInDays });
      }
      for (const account of serviceAccounts.filter((one) => one.tenant === tenant.slug)) {
        const { id = idOf('service-account', account.secret), name, scopes = [...SERVICE_SCOPES] } = account;
        const owner = { tenantId: tx.tenantId, product: tenant.template ?? 'primary' };
        await this.accounts.insert(tx, { id, ...owner, name, scopes, publicKeys: null });
        await this.accounts.insertSecret(tx, id, keyTextOf(account.secret));
      }
    });
  }
}

function toRecord(person: SeedPerson): object {
  return {
    type: 'person',
    externalId: personId(person),
    ...(person.email !== undefined && { emailVerified: true }),
    ...(person.phone !== undefined && { phoneVerified: true }),
    ...person,
    // JSON leaves them out
    ...{ id: undefined, password: undefined },
    memberships: person.memberships?.map(({ tenant, ...one }) => ({ tenantSlug: tenant, ...one })),
  };
}

async function* linesOf(records: object[]): AsyncGenerator<Buffer> {
  for (const record of records) yield await Promise.resolve(Buffer.from(`${JSON.stringify(record)}\n`));
}
