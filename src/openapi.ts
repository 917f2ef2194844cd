import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exitOnFailure } from './boot/exit-on-failure.js';
import { Log } from './common/log.js';
import { loadConfig } from './config/config.js';
import { createDocuments } from './contracts/shared/docs/documents.js';
import { createDataSource } from './database/data-source.js';
import { createApp } from './http/create-app.js';

const FOLDER = 'openapi';

/** `npm run openapi`: writes the document of every contract. `--check` writes nothing and fails where one differs. */
await exitOnFailure(async () => {
  const files = await render();
  const outdated = await findOutdated(files);
  const names = outdated.join(', ');
  if (outdated.length === 0) {
    process.stdout.write('The documents are up to date.\n');
  } else if (process.argv.includes('--check')) {
    process.stderr.write(`Not as the code has it: ${names}. Run: npm run openapi\n`);
    process.exitCode = 1;
  } else {
    await write(files, outdated);
    process.stdout.write(`Written: ${names}\n`);
  }
});

/** File name → text. Whatever the environment, and without a database: nothing is connected, nothing listens. */
async function render(): Promise<Map<string, string>> {
  const config = loadConfig({ SECRET_KEY: randomBytes(32).toString('base64'), LOG_LEVEL: 'warn' });
  const dataSource = createDataSource('postgres://localhost/none', config, []);
  const app = await createApp(config, dataSource, new Log(config.LOG_LEVEL));
  return new Map(
    createDocuments(app, config).map(({ name, document }) => [
      `${name}.json`,
      `${JSON.stringify(document, null, 2)}\n`,
    ]),
  );
}

/** Names that differ, are missing, or belong to no contract any more. */
async function findOutdated(files: Map<string, string>): Promise<string[]> {
  const present = (await readdir(FOLDER).catch(() => [])).filter((name) => name.endsWith('.json'));
  const names = new Set([...files.keys(), ...present]);
  const outdated: string[] = [];
  for (const name of names) {
    const committed = await readFile(join(FOLDER, name), 'utf8').catch(() => undefined);
    if (committed !== files.get(name)) outdated.push(name);
  }
  return outdated.sort();
}

async function write(files: Map<string, string>, names: string[]): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  for (const name of names) {
    const text = files.get(name);
    await (text === undefined ? rm(join(FOLDER, name)) : writeFile(join(FOLDER, name), text));
  }
}
