import { getMetadataArgsStorage } from 'typeorm';
import { ENTITIES } from '../../src/boot/entities.js';
import { CREDENTIALS } from '../../src/modules/bulk-revocation/bulk-revocation.repository.js';

/** What a revocation of everything leaves, table by table, and why. A new table is put here or into CREDENTIALS. */
const KEPT: Record<string, string> = {
  api_key_secrets: 'works only with its key, which ends',
  api_key_usage: 'counts',
  attempts: 'counts',
  audit_events: 'what happened',
  avatars: 'pictures',
  bulk_revocations: 'what was revoked',
  client_assertions: 'used already',
  departments: 'arrangements of a tenant',
  email_changes: 'the link that takes a change back is a one-time secret',
  idempotency_records: 'an answer is not given again once its session or key has ended',
  invitation_teams: 'works only with its invitation, which ends',
  memberships: 'no credential: docs/backup.md says what to compare',
  next_signing_keys: 'replaced with the signing keys',
  password_credentials: 'ends if the operator asks for it',
  roles: 'arrangements of a tenant',
  secret_keys: 'keys of the servers',
  service_account_secrets: 'work only with their account, which ends',
  signing_keys: 'replaced, by their store',
  sms_alerts: 'counts',
  sms_spending: 'counts',
  team_members: 'arrangements of a tenant',
  teams: 'arrangements of a tenant',
  tenants: 'arrangements of a tenant',
  unconfirmed_notices: 'what was sent',
  users: 'people',
};

const tables = getMetadataArgsStorage()
  .tables.filter(({ target }) => ENTITIES.includes(target as (typeof ENTITIES)[number]))
  .map(({ name }) => String(name));

it('every table is revoked, or kept for a reason', () => {
  expect(tables.length).toBe(ENTITIES.length);
  expect([...CREDENTIALS, ...Object.keys(KEPT)].sort()).toEqual(tables.sort());
});
