import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { exitOnFailure } from './boot/exit-on-failure.js';
import { Log } from './common/log.js';
import { loadConfig } from './config/config.js';
import { renderAccessMatrix } from './contracts/shared/docs/access-matrix.js';
import { createDocuments } from './contracts/shared/docs/documents.js';
import { createDataSource } from './database/data-source.js';
import { createApp } from './http/create-app.js';

const FOLDER = 'openapi';
const MATRIX = 'docs/access-matrix.md';

/**
 * `npm run openapi`: writes the OpenAPI document of every contract, and the access matrix derived from them. `--check`
 * writes nothing and fails if a file differs.
 */
async function run(): Promise<void> {
  const files = await render();
  const outdated = await findOutdated(files);
  const names = outdated.join(', ');
  if (outdated.length === 0) {
    process.stdout.write('The documents are up to date.\n');
  } else if (process.argv.includes('--check')) {
    process.stderr.write(`These files differ from the code: ${names}. Run: npm run openapi\n`);
    process.exitCode = 1;
  } else {
    await write(files, outdated);
    process.stdout.write(`Written: ${names}\n`);
  }
}

/** Path → text. Independent of the environment: it connects to no database and opens no port. */
async function render(): Promise<Map<string, string>> {
  const config = loadConfig({
    SECRET_KEY: randomBytes(32).toString('base64'),
    LOG_LEVEL: 'warn',
    PLATFORM_ENABLED: 'true',
  });
  const dataSource = createDataSource('postgres://localhost/none', config, [], { scope: 'no-tenant' });
  const app = await createApp(config, { dataSource, acrossTenants: dataSource }, new Log(config.LOG_LEVEL));
  const documents = createDocuments(app, config);
  return new Map([
    ...documents.map(({ name, document }): [string, string] => [
      `${FOLDER}/${name}.json`,
      `${JSON.stringify(document, null, 2)}\n`,
    ]),
    [MATRIX, renderAccessMatrix(documents)],
  ]);
}

/** Files that differ, are missing, or belong to a contract that no longer exists. */
async function findOutdated(files: Map<string, string>): Promise<string[]> {
  const present = (await readdir(FOLDER).catch(() => [])).filter((name) => name.endsWith('.json'));
  const paths = new Set([...files.keys(), ...present.map((name) => `${FOLDER}/${name}`)]);
  const outdated: string[] = [];
  for (const path of paths) {
    const committed = await readFile(path, 'utf8').catch(() => undefined);
    if (committed !== files.get(path)) outdated.push(path);
  }
  return outdated.sort();
}

async function write(files: Map<string, string>, paths: string[]): Promise<void> {
  for (const path of paths) {
    const text = files.get(path);
    await mkdir(dirname(path), { recursive: true });
    await (text === undefined ? rm(path) : writeFile(path, text));
  }
}

await exitOnFailure(run);
