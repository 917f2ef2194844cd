import { AggregatorRegistry, collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { ERROR_CATALOGUE, type ErrorCode } from '../../common/error-catalogue.js';
import { KEY_PURPOSES, type KeyPurpose } from '../../common/keyring.js';
import { GAUGES, type Readings } from './gauges.js';
import { FIRST_FACTORS, type FirstFactor, SIGN_IN_RESULTS, type SignInResult } from './sign-in-words.js';
import { SMS_ALERTS, SMS_OBJECTIONS, type SmsAlert, type SmsObjection } from './sms-words.js';

/** Histogram buckets in seconds: from a request that reads one row to one that waits for a password hash. */
const DURATIONS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** The metrics of one process, as plain values. */
export type MetricsReading = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

export interface AnsweredRequest {
  method: string;
  /** The route's pattern, never the path: ids in paths would make an unbounded number of label values. */
  route: string;
  status: number;
  seconds: number;
}

/**
 * The metrics of this server, in memory only. Each instance has its own registry, so that tests can run several servers
 * in one process. Every label value comes from a fixed list: none can contain an id, address, phone number or secret.
 */
export class Metrics {
  private readonly registry = new Registry();
  private readonly registers = [this.registry];
  private readonly gauges = new Map<keyof Readings, Gauge>();

  private readonly requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the first byte of a request to the last of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATIONS,
    registers: this.registers,
  });

  private readonly errorResponses = new Counter({
    name: 'gatehouse_refusals_total',
    help: 'Requests that were refused, by the code of the answer',
    labelNames: ['code'],
    registers: this.registers,
  });

  private readonly signIns = new Counter({
    name: 'gatehouse_sign_ins_total',
    help: 'Sign-ins by what became of them and by their first factor',
    labelNames: ['outcome', 'method'],
    registers: this.registers,
  });

  private readonly smsWithheld = new Counter({
    name: 'gatehouse_sms_withheld_total',
    help: 'SMS that did not leave, by what kept them back',
    labelNames: ['reason'],
    registers: this.registers,
  });

  private readonly smsAlerts = new Counter({
    name: 'gatehouse_sms_alerts_total',
    help: 'Budgets for SMS that were spent, and holds that began; of all servers one counts each',
    labelNames: ['reason'],
    registers: this.registers,
  });

  private readonly limitsShared = new Gauge({
    name: 'gatehouse_route_limits_shared',
    help: '1 while route limits are counted in Redis, for all servers; 0 while this server counts by itself',
    aggregator: 'min',
    registers: this.registers,
  });

  private readonly sharedLimitFailures = new Counter({
    name: 'gatehouse_shared_limit_failures_total',
    help: 'Requests that waited for Redis to count them, in vain',
    registers: this.registers,
  });

  private readonly unreadableSecrets = new Counter({
    name: 'gatehouse_unreadable_secrets_total',
    help: 'Stored secrets that no key of this server opens, each time one is needed; alert above 0',
    labelNames: ['purpose'],
    registers: this.registers,
  });

  constructor(version: string) {
    for (const [name, { help, labelNames, aggregator }] of Object.entries(GAUGES)) {
      const { registers } = this;
      const gauge = new Gauge({ name, help, labelNames: [...labelNames], aggregator, registers });
      this.gauges.set(name as keyof Readings, gauge);
    }
    const build = new Gauge({
      name: 'gatehouse_build_info',
      help: 'Always 1; which version of Gatehouse this is',
      aggregator: 'first',
      labelNames: ['version'],
      registers: this.registers,
    });
    build.set({ version }, 1);
    // Start every series at 0: otherwise Prometheus does not see the first event as an increase
    for (const code of Object.keys(ERROR_CATALOGUE)) this.errorResponses.inc({ code }, 0);
    for (const outcome of SIGN_IN_RESULTS)
      for (const method of FIRST_FACTORS) this.signIns.inc({ outcome, method }, 0);
    for (const reason of SMS_OBJECTIONS) this.smsWithheld.inc({ reason }, 0);
    for (const reason of SMS_ALERTS) this.smsAlerts.inc({ reason }, 0);
    for (const purpose of KEY_PURPOSES) this.unreadableSecrets.inc({ purpose }, 0);
  }

  observeRequest({ method, route, status, seconds }: AnsweredRequest): void {
    this.requests.observe({ method, route, status }, seconds);
  }

  countErrorResponse(code: ErrorCode): void {
    this.errorResponses.inc({ code });
  }

  countSignIn(outcome: SignInResult, method: FirstFactor): void {
    this.signIns.inc({ outcome, method });
  }

  countSmsWithheld(reason: SmsObjection): void {
    this.smsWithheld.inc({ reason });
  }

  countSmsAlert(reason: SmsAlert): void {
    this.smsAlerts.inc({ reason });
  }

  setLimitsShared(isShared: boolean): void {
    this.limitsShared.set(isShared ? 1 : 0);
  }

  countSharedLimitFailure(): void {
    this.sharedLimitFailures.inc();
  }

  countUnreadableSecret(purpose: KeyPurpose): void {
    this.unreadableSecrets.inc({ purpose });
  }

  /** Adds Node's process metrics: memory, processor, event loop, garbage collection. Call it only once. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  /** All metrics of this process, with these readings in the gauges. A gauge without a reading is left out. */
  async read(readings: Readings): Promise<MetricsReading> {
    for (const [name, gauge] of this.gauges) {
      gauge.reset();
      for (const { labels = {}, value } of readings[name]) gauge.set(labels, value);
    }
    return this.registry.getMetricsAsJSON();
  }

  /**
   * Renders all metrics in the Prometheus text format, version 0.0.4, with these readings in the gauges; with those of
   * other processes, as if all were one.
   */
  async render(readings: Readings, others: MetricsReading[] = []): Promise<string> {
    const own = await this.read(readings);
    return others.length === 0
      ? this.registry.metrics()
      : AggregatorRegistry.aggregate([own, ...others]).metrics();
  }
}
