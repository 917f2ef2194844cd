import type { Log } from '../common/log.js';
import { type Config, ConfigError } from '../config/config.js';
import type { DataSources } from '../database/data-source.js';
import { TimeInFuture } from '../modules/bulk-revocation/bulk-revocation.service.js';
import { operatorTools } from './operator-tools.js';
import { answerUnready } from './unready-server.js';

/**
 * REVOKE_BEFORE: ends what was issued before it, unless that was done. Nothing is served until then, and probes are
 * answered as while the schema is migrated.
 */
export async function revokeAtStart(config: Config, sources: DataSources, log: Log): Promise<void> {
  const before = config.REVOKE_BEFORE;
  if (!before) return;
  const serve = await answerUnready(config);
  try {
    const { secretKeys, revocation } = operatorTools(config, sources);
    await secretKeys.onModuleInit();
    const ended = await revocation.revokeOnce({ before, reason: 'restore' });
    if (ended) log.write('warn', 'REVOKE_BEFORE: every credential issued before it has ended', { ...ended });
  } catch (error) {
    if (!(error instanceof TimeInFuture)) throw error;
    throw new ConfigError([`REVOKE_BEFORE ${error.message}. Example: REVOKE_BEFORE=2026-11-26T22:00:00Z`]);
  } finally {
    await serve();
  }
}
