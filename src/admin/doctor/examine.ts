import { openDatabase } from '../../boot/open-database.js';
import { DatabaseUnsuitable, SessionShared } from '../../common/database-failures.js';
import { Log } from '../../common/log.js';
import { type Config, ConfigError, loadConfig } from '../../config/config.js';
import { checkDatabase, checkPooler } from './database-checks.js';
import { describeFailure, fail, type Finding, ok } from './finding.js';
import { checkKeys } from './key-checks.js';
import { checkDisk, checkMail, checkRedis, checkSms } from './surroundings.js';

/** Examines everything that a server with this environment depends on. Changes nothing and sends no message. */
export async function examine(environment: NodeJS.ProcessEnv): Promise<Finding[]> {
  let config: Config;
  try {
    config = loadConfig(environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const remedy = 'Set it as .env.example shows; nothing else was examined.';
    return error.problems.map((problem) => fail('configuration', problem, remedy));
  }
  const others = [checkMail(config), checkSms(config), checkRedis(config), checkDisk(config)];
  return [
    ok('configuration', 'is valid'),
    ...(await examineDatabase(config)),
    ...(await Promise.all(others)),
  ];
}

async function examineDatabase(config: Config): Promise<Finding[]> {
  const check = 'database';
  try {
    const opened = await openDatabase(config, new Log('silent'), { migrates: false, joins: true });
    try {
      const findings = await checkDatabase(opened);
      const isMigrated = findings.every(
        ({ check: name, result }) => name !== 'migrations' || result === 'OK',
      );
      return [
        ok(check, 'answers'),
        await checkPooler(opened.dataSource),
        ...findings,
        ...(isMigrated ? await checkKeys(config, opened) : []),
      ];
    } finally {
      await opened.close();
    }
  } catch (error) {
    if (error instanceof SessionShared)
      return [
        ok(check, 'answers'),
        fail(
          'pooler',
          'shares one session between clients',
          'Use session mode (PgBouncer: pool_mode = session), or PostgreSQL itself (docs/databases.md).',
        ),
      ];
    const isUnsuitable = error instanceof DatabaseUnsuitable;
    const remedy = isUnsuitable
      ? 'See docs/databases.md.'
      : 'Check DATABASE_URL, and whether PostgreSQL runs.';
    return [fail(check, describeFailure(error), remedy)];
  }
}
