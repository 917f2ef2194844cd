import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';
import type { Log } from '../../common/log.js';

/** `code` is 0 for success: ExportResultCode of `@opentelemetry/core`. */
type Result = Parameters<Parameters<SpanExporter['export']>[1]>[0];

/** Logs when a collector stops to accept spans, and when it accepts them again. Those in between are lost. */
export class ReportedExporter implements SpanExporter {
  private isFailing = false;

  constructor(
    private readonly exporter: SpanExporter,
    private readonly log: Log,
  ) {}

  export(spans: ReadableSpan[], done: (result: Result) => void): void {
    this.exporter.export(spans, (result) => {
      this.report(result);
      done(result);
    });
  }

  forceFlush(): Promise<void> {
    return this.exporter.forceFlush?.() ?? Promise.resolve();
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }

  /** Not the message of the error: it may repeat what the collector answered. */
  private report({ code, error }: Result): void {
    const fails = Number(code) !== 0;
    if (fails === this.isFailing) return;
    this.isFailing = fails;
    if (fails) this.log.write('warn', 'the collector does not accept traces', { error: error?.name });
    else this.log.write('info', 'the collector accepts traces again');
  }
}
