import type { Permission } from '../../common/permissions.js';
import type { PersonRecord, TenantRecord } from '../people-import/import-record.js';

export type SeedTenant = Omit<TenantRecord, 'type' | 'externalId'> & { id?: string; slug: string };

export type SeedPerson = Omit<PersonRecord, 'type' | 'externalId' | 'password' | 'memberships'> & {
  id?: string;
  /** In plain text. */
  password?: string;
  memberships?: { tenant: string; role: string; status?: 'active' | 'suspended' }[];
};

interface SeedApiKey {
  id?: string;
  key: string;
  /** The owner: one of both. */
  email?: string;
  phone?: string;
  tenant: string;
  name: string;
  scopes?: Permission[];
  expiresInDays?: number;
}

interface SeedServiceAccount {
  id?: string;
  secret: string;
  tenant: string;
  name: string;
  scopes?: string[];
}

/**
 * What an ephemeral server begins with. Tenants are named by their slugs, people by an identifier; ids and identifiers have
 * their canonical form.
 */
export interface Seed {
  tenants: SeedTenant[];
  people: SeedPerson[];
  apiKeys: SeedApiKey[];
  serviceAccounts: SeedServiceAccount[];
  /** One-time codes by phone number. */
  codes: ReadonlyMap<string, string>;
}

export const NO_SEED: Seed = { tenants: [], people: [], apiKeys: [], serviceAccounts: [], codes: new Map() };

export const ownerOf = ({ email, phone }: { email?: string; phone?: string }): string => email ?? phone ?? '';
