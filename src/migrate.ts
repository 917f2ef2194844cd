#!/usr/bin/env node
import './boot/environment-file.js';
import { exitOnFailure } from './boot/exit-on-failure.js';
import { loadForCommand } from './boot/load-environment.js';
import { openDatabase } from './boot/open-database.js';
import { Log } from './common/log.js';

/** `npm run migrate`: applies the pending migrations and exits. */
async function run(): Promise<void> {
  const config = loadForCommand();
  const database = await openDatabase(config, new Log(config.LOG_LEVEL), { migrates: true });
  await database.close();
  process.stdout.write(
    database.applied.length > 0
      ? `Applied:\n  ${database.applied.join('\n  ')}\n`
      : 'The schema is up to date.\n',
  );
}

await exitOnFailure(run);
