import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Keyring } from '../../../common/keyring.js';
import { addressBlock } from '../../../common/request-origin.js';
import { CONFIG, type Config } from '../../../config/config.js';
import type { Transaction } from '../../../database/transaction.js';
import { Metrics } from '../../metrics/metrics.js';
import { isSmsAlert, type SmsAlert, type SmsObjection } from '../../metrics/sms-words.js';
import { MessageEncryption } from '../message-encryption.js';
import { numberBlock, phoneCountry } from './phone-country.js';
import { budgetsOf, categoryOf, type SmsBudget, type SmsMessage } from './sms-budgets.js';
import { SpendAlerts } from './spend-alerts.js';
import { FIND_OBJECTION, LOCK_SPENDING, MARK_VERIFIED, SPEND } from './spending.queries.js';

/** The keys under which an SMS is counted. Number block and client address are hashed. */
export interface SpendKeys {
  country: string;
  blockHash: Buffer;
  addressHash: Buffer;
}

/**
 * Limits the cost of SMS pumping, in which an attacker requests SMS to expensive numbers of their own. Enforces the
 * allow-list of countries, rates per client address and number block, and budgets per tenant, country and day; holds
 * number blocks whose codes are not used. If throttling is off, only the allow-list is enforced.
 */
@Injectable()
export class SpendGuard implements OnApplicationBootstrap {
  private readonly logger = new Logger('SpendGuard');

  constructor(
    private readonly keyring: Keyring,
    private readonly encryption: MessageEncryption,
    private readonly alerts: SpendAlerts,
    private readonly metrics: Metrics,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.SMS_URL || this.allowsEveryCountry || this.config.SMS_COUNTRIES) return;
    this.logger.warn('SMS_COUNTRIES is not set: no SMS leaves in production without it');
  }

  /**
   * Returns the first reason to withhold this SMS, or null. Locks all spending until the transaction ends: the caller
   * must record the message under `keysOf`, call `spend`, and commit soon.
   */
  async findObjection(tx: Transaction, message: SmsMessage): Promise<SmsObjection | null> {
    const { config } = this;
    const allowed = config.SMS_COUNTRIES?.has(phoneCountry(message.to)) ?? this.allowsEveryCountry;
    if (!allowed) return 'country_not_allowed';
    if (!config.THROTTLE_ENABLED) return null;
    await tx.execute(LOCK_SPENDING);
    const row = await tx.one<{ objection: SmsObjection | null }>(FIND_OBJECTION, [
      categoryOf(message).templates,
      this.blockHashes(message),
      this.addressHashes(message),
      config.SMS_BLOCK_PER_HOUR,
      config.SMS_ADDRESS_PER_HOUR,
      config.SMS_ADDRESS_PER_DAY,
      ...columnsOf(budgetsOf(message, config)),
      message.tenantId ?? null,
      config.SMS_HOLD_AFTER,
      config.SMS_HOLD_BELOW_PERCENT,
      message.template === 'otp' && message.fromKnownAddress === true,
    ]);
    return row?.objection ?? null;
  }

  /** Counts a withheld message, and alerts the operator if the reason is one of SMS_ALERTS. */
  withheld(message: SmsMessage, objection: SmsObjection): void {
    this.metrics.countSmsWithheld(objection);
    if (isSmsAlert(objection)) this.raise(message, objection);
  }

  /** Charges the budgets. Call it in the transaction in which `findObjection` returned null. */
  async spend(tx: Transaction, message: SmsMessage): Promise<void> {
    if (!this.config.THROTTLE_ENABLED) return;
    const budgets = columnsOf(budgetsOf(message, this.config));
    const spent = await tx.many<{ reason: SmsAlert }>(SPEND, [...budgets, message.tenantId ?? null]);
    for (const { reason } of spent) this.raise(message, reason);
  }

  keysOf(message: SmsMessage): SpendKeys {
    return {
      country: phoneCountry(message.to),
      blockHash: this.blockHashes(message)[0] ?? Buffer.alloc(0),
      addressHash: this.addressHashes(message)[0] ?? Buffer.alloc(0),
    };
  }

  /** Call it when a code sent to this number was entered correctly: the number belongs to a real user. */
  async recordVerified(tx: Transaction, phone: string): Promise<void> {
    await tx.execute(MARK_VERIFIED, [this.encryption.recipientHashes('sms', phone)]);
  }

  private raise(message: SmsMessage, reason: SmsAlert): void {
    const { config } = this;
    if (reason === 'verification_ratio') {
      const scope = `block:${this.blockHashes(message)[0]?.toString('hex')}`;
      const about = { block: `${numberBlock(message.to)}xxxx`, country: phoneCountry(message.to) };
      return this.alerts.raise({ reason, scope, about });
    }
    const budget = budgetsOf(message, config).find((one) => one.reason === reason);
    if (!budget) return;
    const { scope, max } = budget;
    const country = reason === 'country_budget' ? phoneCountry(message.to) : null;
    const tenantId = reason === 'tenant_budget' ? (message.tenantId ?? null) : null;
    this.alerts.raise({ reason, scope, about: { template: message.template, country, tenantId, max } });
  }

  private get allowsEveryCountry(): boolean {
    return !this.config.isProduction;
  }

  private blockHashes({ to }: SmsMessage): Buffer[] {
    return this.keyring.hmacs('recipient-hash', `sms-block:${numberBlock(to)}`);
  }

  private addressHashes({ origin }: SmsMessage): Buffer[] {
    return this.keyring.hmacs('recipient-hash', `sms-address:${addressBlock(origin.address)}`);
  }
}

/** Reasons, scopes and maxima, as the parameters of a statement. */
function columnsOf(budgets: SmsBudget[]): [string[], string[], number[]] {
  return [
    budgets.map(({ reason }) => reason),
    budgets.map(({ scope }) => scope),
    budgets.map(({ max }) => max),
  ];
}
