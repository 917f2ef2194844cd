import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Keyring } from '../../../common/keyring.js';
import { addressBlock } from '../../../common/request-origin.js';
import { CONFIG, type Config } from '../../../config/config.js';
import type { Transaction } from '../../../database/transaction.js';
import { Metrics } from '../../metrics/metrics.js';
import { isSmsAlert, type SmsAlert, type SmsObjection } from '../../metrics/sms-words.js';
import { MessageEncryption } from '../message-encryption.js';
import type { RecordedMessage } from '../messages.repository.js';
import { numberBlock, phoneCountry } from './phone-country.js';
import {
  budgetsOf,
  codesTo,
  isFromKnownAddress,
  rulesOf,
  sharedBudgetsOf,
  type SmsMessage,
  verifiedCodesTo,
} from './sms-budgets.js';
import { ownScopesOf, placesOf, reasonsOf, type SmsCharge, type SmsRule } from './sms-charge.js';
import { SmsSpendingRepository, type VerifiedCodes } from './sms-spending.repository.js';
import { SpendAlerts } from './spend-alerts.js';

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
    private readonly spending: SmsSpendingRepository,
    private readonly alerts: SpendAlerts,
    private readonly metrics: Metrics,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.SMS_URL || this.allowsEveryCountry || this.config.SMS_COUNTRIES) return;
    this.logger.warn('SMS_COUNTRIES is not set: no SMS leaves in production without it');
  }

  /** Why this SMS is withheld whatever was sent before, or null. */
  findObjection({ to }: SmsMessage): SmsObjection | null {
    const isAllowed = this.config.SMS_COUNTRIES?.has(phoneCountry(to)) ?? this.allowsEveryCountry;
    return isAllowed ? null : 'country_not_allowed';
  }

  /**
   * What the SMS is counted for while it is recorded; null if throttling is off. What is counted for its recipient,
   * address and tenant stays locked until the transaction ends: commit soon. The budgets that everybody shares are only
   * part of it if the statement commits by itself (`alone`); a transaction calls `reserve` at last.
   */
  chargeOf(message: SmsMessage, { alone }: { alone: boolean }): SmsCharge | null {
    if (!this.config.THROTTLE_ENABLED) return null;
    const block = this.blockHash(message.to);
    const isCode = message.template === 'otp';
    const { SMS_HOLD_AFTER: after, SMS_HOLD_BELOW_PERCENT: percent } = this.config;
    const canHold = isCode && !isFromKnownAddress(message);
    return {
      codes: isCode ? codesTo(block) : null,
      rules: rulesOf(message, { address: this.addressHash(message), block }, this.config),
      shared: alone ? sharedBudgetsOf(message, this.config) : [],
      tenantId: message.tenantId ?? null,
      hold: canHold ? { after, percent, verified: verifiedCodesTo(block) } : null,
    };
  }

  /** Why the SMS was withheld, or null. Alerts the operator about budgets that it has used up. */
  objectionIn(message: SmsMessage, charge: SmsCharge, recorded: RecordedMessage): SmsObjection | null {
    if (recorded.broken !== null) return reasonsOf(charge)[recorded.broken] ?? null;
    for (const [place, rule] of placesOf(charge).entries()) {
      const isUsedUp = rule && (recorded.totals?.[place] ?? 0) >= maxOf(rule, recorded);
      if (isUsedUp && isSmsAlert(rule.reason)) this.raise(message, rule.reason);
    }
    return null;
  }

  /**
   * Takes a recorded message from the budgets that everybody shares: a rollback gives back what was taken. If one is
   * used up, withholds the message instead and returns the reason. Call it last, because it locks what other messages
   * share.
   */
  async reserve(
    tx: Transaction,
    message: SmsMessage,
    charge: SmsCharge,
    id: string,
  ): Promise<SmsObjection | null> {
    const budgets = sharedBudgetsOf(message, this.config);
    const { broken, totals } = await this.spending.reserve(budgets);
    if (broken !== null) {
      await this.spending.withhold(tx, id, ownScopesOf(charge));
      return budgets[broken - 1]?.reason ?? null;
    }
    const scopes = budgets.map(({ counter }) => counter.scope);
    tx.afterRollback(() => {
      this.spending.release(scopes).catch((error: unknown) => {
        this.logger.warn(`An SMS that was not sent stays counted: ${String((error as Error).message)}`);
      });
    });
    for (const [place, { max, reason }] of budgets.entries())
      if ((totals[place] ?? 0) >= max) this.raise(message, reason);
    return null;
  }

  /** Counts a withheld message, and alerts the operator if the reason is one of SMS_ALERTS. */
  withheld(message: SmsMessage, objection: SmsObjection): void {
    this.metrics.countSmsWithheld(objection);
    if (isSmsAlert(objection)) this.raise(message, objection);
  }

  /** Call it when a code sent to this number was entered correctly: the number belongs to a real user. */
  async recordVerified(tx: Transaction, phone: string): Promise<void> {
    const codes = this.verifiedCodes(phone);
    if (codes) await this.spending.recordVerified(tx, codes);
  }

  /** What `recordVerified` counts, for a statement that does it itself (`recordVerifiedCodes`); null if nothing is. */
  verifiedCodes(phone: string): VerifiedCodes | null {
    if (this.config.OTP_TEST_NUMBERS.has(phone)) return null;
    const [recipientHash] = this.encryption.recipientHashes('sms', phone);
    return { recipientHash, verified: verifiedCodesTo(this.blockHash(phone)) };
  }

  private raise(message: SmsMessage, reason: SmsAlert): void {
    const { config } = this;
    if (reason === 'verification_ratio') {
      const scope = `block:${this.blockHash(message.to)}`;
      const about = { block: `${numberBlock(message.to)}xxxx`, country: phoneCountry(message.to) };
      return this.alerts.raise({ reason, scope, about });
    }
    const budget = budgetsOf(message, config).find((one) => one.reason === reason);
    if (!budget) return;
    const { counter, max } = budget;
    const country = reason === 'country_budget' ? phoneCountry(message.to) : null;
    const tenantId = reason === 'tenant_budget' ? (message.tenantId ?? null) : null;
    this.alerts.raise({
      reason,
      scope: counter.scope,
      about: { template: message.template, country, tenantId, max },
    });
  }

  private get allowsEveryCountry(): boolean {
    return !this.config.isProduction;
  }

  private blockHash(phone: string): string {
    return this.hash(`sms-block:${numberBlock(phone)}`);
  }

  private addressHash({ origin }: SmsMessage): string {
    return this.hash(`sms-address:${addressBlock(origin.address)}`);
  }

  /** Number block and client address are stored only as keyed hashes. */
  private hash(text: string): string {
    return this.keyring.hmac('recipient-hash', text).toString('hex');
  }
}

/** A tenant's own budget applies if it is smaller than the server's. */
function maxOf({ reason, max }: SmsRule, { tenantMax }: RecordedMessage): number {
  return reason === 'tenant_budget' ? Math.min(max, tenantMax ?? max) : max;
}
