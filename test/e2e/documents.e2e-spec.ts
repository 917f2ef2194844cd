import { execFile, spawnSync } from 'node:child_process';
import crypto, { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runInNewContext } from 'node:vm';
import zlib from 'node:zlib';
import { parse } from 'yaml';
import { ApiKeys } from '../support/api-keys.js';
import { epochSeconds } from '../support/clock.js';
import { blockOf, blocksOf } from '../support/fenced-blocks.js';
import { runProgram } from '../support/programs.js';
import { ServiceAccounts } from '../support/service-accounts.js';
import { useSharedApp } from '../support/test-app.js';

/** The blocks of the documents that no other suite runs. */
describe('the documents', () => {
  const t = useSharedApp();
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-documents-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The value of a name that the block declares. */
  const evaluate = (path: string, name: string, given: object) =>
    runInNewContext(`${blockOf(path, 'js')}\n${name}`, { Buffer, ...given }) as unknown;

  it('recognise an API key', async () => {
    const { key } = await new ApiKeys(t).create(await t.given.tenant());
    const isKey = (text: string) => evaluate('docs/api-keys.md', 'isKey', { text, zlib });
    expect(isKey(key)).toBe(true);
    const last = key.endsWith('a') ? 'b' : 'a';
    expect([isKey(key.slice(0, -1) + last), isKey('sk_live_x')]).toEqual([false, false]);
  });

  it('verify the signature of an SMS', () => {
    const [secret, rawBody, time] = ['a secret', '{"to":"+919876543210"}', epochSeconds()];
    const isGenuine = (at: number, body: string) => {
      const mac = createHmac('sha256', secret).update(`${at}.${rawBody}`).digest('hex');
      const { timingSafeEqual } = crypto;
      const given = { signature: `t=${at},v1=${mac}`, secret, rawBody: body, createHmac, timingSafeEqual };
      return evaluate('docs/sms.md', 'isGenuine', given);
    };
    expect(isGenuine(time, rawBody)).toBe(true);
    expect([isGenuine(time, '{}'), isGenuine(time - 3_600, rawBody)]).toEqual([false, false]);
  });

  it('get a token with curl', async () => {
    const { id, clientSecret } = await new ServiceAccounts(t).create(await t.given.tenant());
    const command = blockOf('docs/service-accounts.md', 'sh', 'curl').replace(
      'https://id.example.com',
      t.server.origin,
    );
    const env = { PATH: process.env.PATH, CLIENT_ID: id, CLIENT_SECRET: clientSecret ?? '' };
    const { stdout } = await promisify(execFile)('bash', ['-euc', command], { env });
    expect(JSON.parse(stdout)).toMatchObject({ token_type: 'Bearer', scope: 'introspect authorize' });
  });

  it('import what docs/import.md shows', async () => {
    const hash = `$2b$10$${'a'.repeat(22)}${'b'.repeat(31)}`;
    const lines = blockOf('docs/import.md', 'json').replace('$2b$10$...', () => hash);
    writeFileSync(join(folder, 'people.ndjson'), lines);
    const why = ['--reason', 'A test', '--reference', 'case 17', '--dry-run'];
    const run = await runProgram('admin', ['import', join(folder, 'people.ndjson'), ...why], t.server);
    expect({ code: run.code, output: run.stdout }).toEqual({
      code: 0,
      output: expect.not.stringMatching(/[1-9]\d* refused/) as string,
    });
  });

  it('have statements that the database understands', async () => {
    const statements = blocksOf('docs/databases.md')
      .filter(({ language }) => language === 'sql')
      .flatMap(({ text }) => text.replace(/--.*$/gm, '').split(';'))
      .map((statement) => statement.trim().replace(/^CREATE ROLE (\w+)/, 'CREATE ROLE $1_example'))
      .map((statement) => statement.replaceAll(`'…'`, `'01988b6e-7c1f-7000-8000-000000000000'`))
      // No transaction creates a database, nor ends inside this one
      .filter((statement) => statement !== '' && !/^(BEGIN|COMMIT|CREATE DATABASE)/.test(statement));
    expect(statements.length).toBeGreaterThan(0);
    for (const statement of statements) {
      const undone = `DO $undo$ BEGIN EXECUTE $do$${statement}$do$; RAISE 'undone'; END $undo$`;
      await expect(t.database.query(undone)).rejects.toThrow('undone');
    }
  });

  it('give Prometheus a configuration', () => {
    const text = blockOf('docs/metrics.md', 'yaml');
    expect(parse(text)).toMatchObject({ scrape_configs: [{ job_name: 'gatehouse' }] });
    const file = join(folder, 'prometheus.yml');
    writeFileSync(file, text.replace(/\/run\/secrets\/\S+/, file));
    const { error, status } = spawnSync('promtool', ['check', 'config', file]);
    // Where Debian's prometheus is not installed
    expect(error === undefined ? status : 0).toBe(0);
  });
});
