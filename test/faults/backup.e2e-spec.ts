import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { Client } from '../support/client.js';
import { DebianPostgres, POSTGRES_PROGRAMS } from '../support/debian-postgres.js';
import { IssuedCredentials } from '../support/issued-credentials.js';
import { PATIENT_DATABASE, type Server } from '../support/server.js';
import { until } from '../support/until.js';
import { useWarmProcess } from '../support/warm-process.js';

/** The commands of the page, in their order. */
const page = readFileSync('docs/backup.md', 'utf8');
const [dump, baseBackup, restore, revoke] = [...page.matchAll(/^( *)```sh\n([\s\S]*?)^\1```/gm)].map(
  ([, , commands = '']) => commands,
);

const describeWithPrograms = POSTGRES_PROGRAMS === null ? describe.skip : describe;

describeWithPrograms('docs/backup.md', () => {
  const warm = useWarmProcess();
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-drill-'));
  const SECRET_KEY = Buffer.alloc(32, 'a drill with a backup').toString('base64');
  const settings = { SECRET_KEY, MIGRATE_ON_START: 'true' };
  let postgres: DebianPostgres;
  let archive: string;
  let server: Server;
  let issued: IssuedCredentials;

  /** As an operator would, in a folder with the built server. */
  const run = (commands = '', variables: Record<string, string> = {}) =>
    execFileSync('bash', ['--norc', '-eo', 'pipefail', '-c', commands], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        PATH: [POSTGRES_PROGRAMS, process.env.PATH].join(delimiter),
        NODE_ENV: 'test',
        SECRET_KEY,
        ...PATIENT_DATABASE,
        ...variables,
      },
    });

  beforeAll(async () => {
    symlinkSync(resolve('dist'), join(folder, 'dist'));
    postgres = await DebianPostgres.create();
    postgres.initialise();
    archive = postgres.makeFolder('archive');
    await postgres.start({ archive_mode: 'on', archive_command: `cp %p ${archive}/%f` });
    await postgres.query('CREATE ROLE gatehouse LOGIN CREATEROLE');
    for (const name of ['gatehouse', 'restored'])
      await postgres.query(`CREATE DATABASE ${name} OWNER gatehouse`);
    const DATABASE_URL = postgres.url('gatehouse', 'gatehouse');
    server = await warm.serve({ ...settings, DATABASE_URL });
    issued = await IssuedCredentials.issue(server);
  });

  afterAll(async () => {
    await server.dispose();
    await postgres.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('a dump is restored, and what is revoked after it stays revoked', async () => {
    run(dump, { DATABASE_URL: postgres.url('gatehouse', 'gatehouse') });
    const RESTORED_URL = postgres.url('gatehouse', 'restored');
    run(restore, { RESTORED_URL });
    expect(run(revoke, { RESTORED_URL })).toMatch(/sessions +[1-9]/);
    const again = await warm.serveBeside(server, { DATABASE_URL: RESTORED_URL });
    const { accepted, refused } = await issued.present(again);
    expect([accepted, refused.length]).toEqual([[], 13]);
    const { email, password } = issued.filled;
    expect((await new Client(again.origin).post('/auth/login', { email, password })).status).toBe(200);
    await again.dispose();
  });

  it('any moment is restored from a base backup and the archive, and revives nothing', async () => {
    await warm.runAgain(server);
    run(baseBackup, { REPLICATION_URL: postgres.url('postgres', 'postgres') });
    const { email, password } = issued.filled;
    const { body } = await new Client(server.origin).post('/auth/login', { email, password });
    const isSignedIn = async ({ origin }: Server) =>
      (await new Client(origin, body.accessToken).get('/auth/me')).status === 200;
    const [moment] = await postgres.query<{ now: string }>('SELECT now()::text AS now');
    await new Client(server.origin, body.accessToken).post('/auth/logout');
    expect(await isSignedIn(server)).toBe(false);
    await archived();

    const second = await DebianPostgres.create();
    second.restore(join(folder, 'base'));
    await second.start({
      archive_mode: 'off',
      restore_command: `cp ${archive}/%f %p`,
      recovery_target_time: moment?.now ?? '',
      recovery_target_action: 'promote',
    });
    const RESTORED_URL = second.url('gatehouse', 'gatehouse');
    const again = await warm.serveBeside(server, { DATABASE_URL: RESTORED_URL });
    expect(await isSignedIn(again)).toBe(true);
    run(revoke, { RESTORED_URL });
    expect(await isSignedIn(again)).toBe(false);
    expect((await issued.present(again)).accepted).toEqual([]);
    await again.dispose();
    await second.remove();
  });

  /** Until everything so far is in the archive. */
  async function archived(): Promise<void> {
    const [segment] = await postgres.query<{ name: string }>(
      'SELECT pg_walfile_name(pg_switch_wal()) AS name',
    );
    await until(async () => {
      const [archiver] = await postgres.query<{ last: string | null }>(
        'SELECT last_archived_wal AS last FROM pg_stat_archiver',
      );
      return (archiver?.last ?? '') >= (segment?.name ?? '');
    });
  }
});
