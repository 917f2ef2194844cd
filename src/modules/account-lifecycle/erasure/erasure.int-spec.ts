import { randomBytes } from 'node:crypto';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { v7 as newId } from 'uuid';
import { until } from '../../../../test/support/until.js';
import { loadConfig } from '../../../config/config.js';
import { ConfigModule } from '../../../config/config.module.js';
import { DatabaseModule } from '../../../database/database.module.js';
import { Metrics } from '../../metrics/metrics.js';
import { MetricsModule } from '../../metrics/metrics.module.js';
import { UserEntity } from '../../users/entities/user.entity.js';
import { AccountLifecycleModule } from '../account-lifecycle.module.js';
import { ErasureService } from './erasure.service.js';

const PAIRS = 20;

const config = loadConfig({ SECRET_KEY: randomBytes(32).toString('base64') });

let dataSource: DataSource;
let servers: INestApplicationContext[];

@Module({})
class TestModule {}

/** A started server whose initial sweep is over, so that the sweep does not erase accounts that a test counts. */
async function start(): Promise<INestApplicationContext> {
  const imports = [
    ConfigModule.forRoot(config),
    DatabaseModule.forRoot(dataSource),
    MetricsModule.forRoot(new Metrics('0.0.0')),
    AccountLifecycleModule,
  ];
  const due = await leaver([], -60);
  const server = await NestFactory.createApplicationContext(
    { module: TestModule, imports },
    { logger: false },
  );
  await until(async () => (await countOf('users WHERE id = ANY ($1)', [due])) === 0);
  return server;
}

beforeAll(async () => {
  dataSource = await new DataSource({
    type: 'postgres',
    url: process.env.TEST_DATABASE_URL,
    entities: [UserEntity],
    poolSize: 12,
  }).initialize();
  servers = [await start(), await start(), await start()];
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await dataSource.destroy();
});

async function leaver(tenantIds: string[], dueInSeconds: number): Promise<string> {
  const id = newId();
  await dataSource.query(
    `INSERT INTO users (id, email, first_name, last_name, status, deletion_at)
     VALUES ($1::uuid, $1::text || '@example.com', 'A', 'B', 'leaving', now() + make_interval(secs => $2))`,
    [id, dueInSeconds],
  );
  for (const tenantId of tenantIds) {
    await dataSource.query(
      `INSERT INTO memberships (id, tenant_id, user_id, role_id, status, status_before_leaving)
       SELECT $3, $1, $2, id, 'leaving', 'active' FROM roles WHERE tenant_id = $1`,
      [tenantId, id, newId()],
    );
  }
  return id;
}

async function tenant(): Promise<string> {
  const id = newId();
  await dataSource.query(`INSERT INTO tenants (id, slug, name) VALUES ($1::uuid, $1::text, 'T')`, [id]);
  await dataSource.query(
    `INSERT INTO roles (id, tenant_id, key, name, level, permissions) VALUES ($2, $1, 'admin', 'A', 100, '{}')`,
    [id, newId()],
  );
  return id;
}

const sweepAll = async () => {
  const erased = await Promise.all(
    servers.flatMap((server) => [server.get(ErasureService).sweep(), server.get(ErasureService).sweep()]),
  );
  return erased.reduce((sum, count) => sum + count, 0);
};
const countOf = async (sql: string, ids: string[]) =>
  (await dataSource.query<{ count: number }[]>(`SELECT count(*)::int AS count FROM ${sql}`, [ids]))[0]?.count;

describe('ErasureService', () => {
  it('erases each account once under parallel sweeps, and the tenants that only erased users shared', async () => {
    const [people, tenants]: [string[], string[]] = [[], []];
    for (let pair = 0; pair < PAIRS; pair += 1) {
      const shared = [await tenant(), await tenant()];
      tenants.push(...shared);
      people.push(await leaver(shared, -60), await leaver([...shared].reverse(), -60), await leaver([], -60));
    }

    expect(await sweepAll()).toBe(people.length);
    expect(await countOf('users WHERE id = ANY ($1)', people)).toBe(0);
    expect(await countOf('tenants WHERE id = ANY ($1)', tenants)).toBe(0);
    const events = `audit_events WHERE target_id = ANY ($1) AND action LIKE '%.erased'`;
    expect(await countOf(events, people)).toBe(people.length);
    expect(await countOf(events, tenants)).toBe(tenants.length);
    expect(await sweepAll()).toBe(0);
  });

  it('erases a closed account like a deleted one, with the tenant it was the only member of', async () => {
    const [alone, shared] = [await tenant(), await tenant()];
    const [closed, other] = [await leaver([alone, shared], -60), await leaver([shared], 3600)];
    const later = await leaver([], 3600);
    await dataSource.query(`UPDATE users SET status = 'closed', email = NULL WHERE id = ANY ($1)`, [
      [closed, later],
    ]);
    expect(await sweepAll()).toBe(1);
    expect(await countOf('users WHERE id = ANY ($1)', [closed])).toBe(0);
    expect(await countOf('users WHERE id = ANY ($1)', [other, later])).toBe(2);
    expect(await countOf('tenants WHERE id = ANY ($1)', [alone, shared])).toBe(1);
  });

  it('keeps a tenant while one of its members may restore their account', async () => {
    const shared = await tenant();
    const [gone, late] = [await leaver([shared], -60), await leaver([shared], 3600)];
    expect(await sweepAll()).toBe(1);
    expect(await countOf('users WHERE id = ANY ($1)', [gone, late])).toBe(1);
    expect(await countOf('tenants WHERE id = ANY ($1)', [shared])).toBe(1);
  });
});
