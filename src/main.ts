import 'reflect-metadata';
import * as nodeModule from 'node:module';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { exitOnFailure } from './boot/exit-on-failure.js';
import { greet } from './boot/greet.js';
import { loadEnvironment } from './boot/load-environment.js';
import { openDatabase, type OpenDatabase } from './boot/open-database.js';
import { Log } from './common/log.js';
import type { Config } from './config/config.js';

/** `npm start`: the server, until a signal stops it. */
async function run(): Promise<void> {
  const config = loadEnvironment();
  const log = new Log(config.LOG_LEVEL);
  // The database starts while the application loads; a wrong configuration is reported before either
  const [database, application] = await Promise.all([openDatabase(config, log), loadApplication()]);
  try {
    await serve(config, database, log, application);
  } catch (error) {
    await database.close();
    throw error;
  }
}

type Application = Awaited<ReturnType<typeof loadApplication>>;

async function loadApplication() {
  const [{ createApp }, { setUpDocs }] = await Promise.all([
    import('./http/create-app.js'),
    import('./contracts/shared/docs/set-up-docs.js'),
  ]);
  return { createApp, setUpDocs };
}

async function serve(
  config: Config,
  database: OpenDatabase,
  log: Log,
  { createApp, setUpDocs }: Application,
): Promise<void> {
  const app = await createApp(config, database, log);
  if (config.docsEnabled) setUpDocs(app, config);
  stopOnSignal(app, database, log);
  await app.listen(config.PORT, config.HOST);
  greet(config, log);
}

/**
 * Stops accepting, finishes running requests, drains the message queue, closes the database. A second signal exits at
 * once.
 */
function stopOnSignal(app: NestFastifyApplication, database: OpenDatabase, log: Log): void {
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      log.write('info', `stopping on ${signal}`);
      void exitOnFailure(async () => {
        await app.close();
        await database.close();
        process.exit(0);
      });
    });
  }
}

process.setSourceMapsEnabled(true);
// From Node 22 on: the application, which is imported below, is compiled once and then read from a cache
(nodeModule as { enableCompileCache?: () => unknown }).enableCompileCache?.();
await exitOnFailure(run);
