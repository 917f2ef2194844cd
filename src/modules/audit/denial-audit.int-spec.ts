import { performance } from 'node:perf_hooks';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { v4 as randomId } from 'uuid';
import { Database } from '../../database/database.js';
import { AuditEventsRepository } from './audit-events.repository.js';
import { DenialAudit } from './denial-audit.js';
import type { Denial } from './denial-summary.js';

interface Row {
  actor_id: string | null;
  tenant_id: string | null;
  address: string;
  age: number;
  count: number;
}

let dataSource: DataSource;
let audit: DenialAudit;
/** The value of `performance.now()`, which only the tests advance. */
let now = 0;
const origin = (address: string) => ({ address, userAgent: 'test', requestId: 'r' });
const limit: Denial = {
  action: 'rate_limit.exceeded',
  code: 'rate_limit_exceeded',
  tenantId: null,
  actor: null,
};
const rows = () =>
  dataSource.query<Row[]>(
    `SELECT actor_id, tenant_id, address, (detail->>'count')::int AS count,
       extract(epoch FROM now() - occurred_at)::float8 AS age
     FROM audit_events ORDER BY id`,
  );
const address = (n: number) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
const total = (all: Row[]) => all.reduce((sum, { count }) => sum + count, 0);

beforeAll(async () => {
  Logger.overrideLogger(false);
  dataSource = await new DataSource({ type: 'postgres', url: process.env.TEST_DATABASE_URL }).initialize();
});
beforeEach(async () => {
  await dataSource.query('TRUNCATE audit_events');
  audit = new DenialAudit(new Database(dataSource), new AuditEventsRepository());
  now = 1_000_000;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => dataSource.destroy());

it('writes one row for many denials of one address, and the next one only a minute later', async () => {
  for (let n = 0; n < 50; n += 1) audit.note(limit, origin('10.0.0.1'));
  await audit.write();
  for (let n = 0; n < 30; n += 1) audit.note(limit, origin('10.0.0.1'));
  await audit.write();
  expect((await rows()).map(({ count }) => count)).toEqual([50]);
  await audit.onApplicationShutdown();
  expect((await rows()).map(({ count }) => count)).toEqual([50, 30]);
});

it('counts an IPv6 block as one address, and each actor and tenant by itself', async () => {
  audit.note(limit, origin('2001:db8::1'));
  audit.note(limit, origin('2001:db8::2'));
  const [actor, tenants] = [randomId(), [randomId(), randomId()]];
  for (const tenantId of tenants) {
    // An API key, because INSERT_EVENTS removes a user who is no member of the tenant
    const denial = { ...limit, tenantId, actor: { kind: 'api_key' as const, id: actor } };
    audit.note(denial, origin('10.0.0.1'));
    audit.note(denial, origin('10.0.0.2'));
  }
  await audit.write();
  const seen = (await rows()).map(({ actor_id: id, tenant_id: tenant, count }) => [id, tenant, count]);
  expect(seen).toEqual([[null, null, 2], ...tenants.map((tenant) => [actor, tenant, 2])]);
});

it('keeps to its limits under a flood from many addresses, and loses no count', async () => {
  for (let n = 0; n < 5_000; n += 1) audit.note(limit, origin(address(n)));
  await audit.write();
  const written = await rows();
  expect(written).toHaveLength(1_001);
  expect(total(written)).toBe(5_000);
  expect(written.filter((row) => row.address === 'many').map(({ count }) => count)).toEqual([4_000]);
});

it('dates a row by its denial, on the clock of the database', async () => {
  audit.note(limit, origin('10.0.0.1'));
  now += 3_600_000;
  await audit.write();
  const [row] = await rows();
  expect(row?.age).toBeGreaterThanOrEqual(3_600);
});

it('keeps rows that the database did not accept, and writes each once', async () => {
  await dataSource.query('ALTER TABLE audit_events RENAME TO away');
  audit.note(limit, origin('10.0.0.1'));
  await audit.write();
  audit.note(limit, origin('10.0.0.2'));
  await audit.write();
  await dataSource.query('ALTER TABLE away RENAME TO audit_events');
  await audit.write();
  await audit.write();
  expect((await rows()).map((row) => [row.address, row.count])).toEqual([
    ['10.0.0.1', 1],
    ['10.0.0.2', 1],
  ]);
});

it('keeps what an operator is refused in the place of a person apart from what the person is refused', async () => {
  const actor = { kind: 'user', id: randomId() } as const;
  const denial: Denial = {
    ...limit,
    action: 'authorization.refused',
    code: 'impersonation_not_allowed',
    actor,
  };
  audit.note(denial, origin('10.0.0.1'));
  const impersonatedBy = randomId();
  for (let n = 0; n < 2; n += 1) audit.note(denial, { ...origin('10.0.0.2'), impersonatedBy });
  await audit.write();
  const written = await dataSource.query<{ detail: object }[]>('SELECT detail FROM audit_events ORDER BY id');
  expect(written.map(({ detail }) => detail)).toEqual([
    { count: 1, codes: [denial.code] },
    { count: 2, codes: [denial.code], impersonatedBy },
  ]);
});
