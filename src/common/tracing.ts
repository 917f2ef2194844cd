import { type Attributes, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

/** What a span says. No value of a request belongs here: whoever reads the collector may read it. */
export interface SpanDescription {
  name: string;
  attributes: Attributes;
}

/** Of the OpenTelemetry API: without an SDK, which only `OTEL_EXPORTER_OTLP_ENDPOINT` loads, it does nothing. */
export const tracer = trace.getTracer('gatehouse');

/**
 * Does the work as a span of the current trace: a call of another server. Outside a trace, and in one that is not
 * sampled, it only does the work.
 */
export function traced<T>(describe: () => SpanDescription, work: () => Promise<T>): Promise<T> {
  if (!trace.getActiveSpan()?.isRecording()) return work();
  return tracedAnew(describe(), work);
}

/** As `traced`, and outside a trace it begins one. */
export function tracedAnew<T>(
  { name, attributes }: SpanDescription,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  return tracer.startActiveSpan(name, { kind: SpanKind.CLIENT, attributes }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      fail(span, errorTypeOf(error));
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The id of the current trace, if it is recorded. */
export function currentTraceId(): string | undefined {
  const span = trace.getActiveSpan();
  return span?.isRecording() ? span.spanContext().traceId : undefined;
}

/** No message: those of databases and mail servers repeat values. */
export function fail(span: Span, errorType: string): void {
  span.setAttribute('error.type', errorType);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function errorTypeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  if (typeof code === 'string') return code;
  return typeof name === 'string' ? name : 'unknown';
}
