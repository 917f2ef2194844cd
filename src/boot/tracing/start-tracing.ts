import type { Log } from '../../common/log.js';
import { type Config, ConfigError } from '../../config/config.js';

const NO_PACKAGES =
  'OTEL_EXPORTER_OTLP_ENDPOINT needs the OpenTelemetry packages, which are not installed: install the optional ' +
  'dependencies (npm ci, without --omit=optional), or unset it. Example: OTEL_EXPORTER_OTLP_ENDPOINT=';

/**
 * Records traces from now on, if OTEL_EXPORTER_OTLP_ENDPOINT says where to send them; otherwise loads nothing. Call the
 * returned function last of all: it sends what is not yet sent, for a part of SHUTDOWN_SECONDS at most. Throws ConfigError
 * if the packages are missing.
 */
export async function startTracing(config: Config, log: Log): Promise<() => Promise<void>> {
  if (!config.OTEL_EXPORTER_OTLP_ENDPOINT) return () => Promise.resolve();
  const { startOpenTelemetry } = await import('./open-telemetry.js').catch((error: unknown) => {
    const { code } = error as { code?: string };
    throw code?.endsWith('MODULE_NOT_FOUND') ? new ConfigError([NO_PACKAGES]) : error;
  });
  return startOpenTelemetry(config, log);
}
