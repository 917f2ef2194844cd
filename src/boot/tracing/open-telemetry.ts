import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace-node';
import type { Log } from '../../common/log.js';
import { readVersion } from '../../common/version.js';
import type { Config } from '../../config/config.js';
import { ReportedExporter } from './reported-exporter.js';

/** Of the time to stop; requests, deliveries and the database have the rest. */
const FLUSH_SHARE = 0.1;

/**
 * Makes the OpenTelemetry API record spans and send them in the background: a bounded queue, from which spans are dropped
 * while the collector does not answer. Sampler, limits and exporter follow the standard variables.
 */
export async function startOpenTelemetry(config: Config, log: Log): Promise<() => Promise<void>> {
  const exporter = new ReportedExporter(await createExporter(config), log);
  const own = {
    'service.name': 'gatehouse',
    'service.version': readVersion(),
    'service.instance.id': randomUUID(),
  };
  const provider = new NodeTracerProvider({
    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES take precedence
    resource: defaultResource()
      .merge(resourceFromAttributes(own))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  provider.register();
  return async () => {
    const flushed = provider.shutdown().catch(() => undefined);
    const limit = delay(config.SHUTDOWN_SECONDS * 1000 * FLUSH_SHARE, undefined, { ref: false });
    await Promise.race([flushed, limit]);
  };
}

async function createExporter({ OTEL_EXPORTER_OTLP_PROTOCOL: protocol }: Config): Promise<SpanExporter> {
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  return new OTLPTraceExporter();
}
