import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Keyring } from '../../../common/keyring.js';
import { addressBlock } from '../../../common/request-origin.js';
import { CONFIG, type Config } from '../../../config/config.js';
import type { Transaction } from '../../../database/transaction.js';
import { Metrics } from '../../metrics/metrics.js';
import { isSmsAlert, type SmsAlert, type SmsObjection } from '../../metrics/sms-words.js';
import { MessageEncryption } from '../message-encryption.js';
import { numberBlock, phoneCountry } from './phone-country.js';
import {
  budgetsOf,
  codesTo,
  isFromKnownAddress,
  rulesOf,
  sharedBudgetsOf,
  type SmsMessage,
  type SmsRule,
  verifiedCodesTo,
} from './sms-budgets.js';
import { type SmsCounter, type SmsCounts, SmsSpendingRepository } from './sms-spending.repository.js';
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
   * Counts a recorded SMS against its budgets. If one is used up, or the block is held, withholds the SMS instead and
   * returns the reason. What is counted for its recipient, address and tenant stays locked until the transaction ends:
   * commit soon. The budgets that everybody shares do not: a rollback gives back what was taken from them.
   */
  async charge(tx: Transaction, message: SmsMessage, id: string): Promise<SmsObjection | null> {
    if (!this.config.THROTTLE_ENABLED) return null;
    const hashes = { address: this.addressHashes(message), block: this.blockHashes(message.to) };
    const rules = rulesOf(message, hashes, this.config);
    const codes = message.template === 'otp' ? codesTo(hashes.block) : null;
    const counters = [...(codes ? [codes] : []), ...rules.map(({ counter }) => counter)];
    const counts = await this.spending.charge(tx, counters, {
      tenantId: message.tenantId ?? null,
      verified: verifiedCodesTo(hashes.block),
    });
    const objection =
      findBroken(rules, counts) ??
      (codes && this.findHold(message, codes, counts)) ??
      (await this.reserve(tx, message));
    if (objection) await this.spending.withhold(tx, id, counters);
    else this.reportSpent(message, rules, counts);
    return objection;
  }

  /** Takes the message from the budgets that everybody shares, until a rollback. Returns the one that is used up. */
  private async reserve(tx: Transaction, message: SmsMessage): Promise<SmsObjection | null> {
    const budgets = sharedBudgetsOf(message, this.config);
    const totals = await this.spending.reserve(budgets);
    const usedUp = budgets.find(({ counter }) => !totals.has(counter.scope));
    if (usedUp) return usedUp.reason;
    const scopes = budgets.map(({ counter }) => counter.scope);
    tx.afterRollback(() => {
      this.spending.release(scopes).catch((error: unknown) => {
        this.logger.warn(`An SMS that was not sent stays counted: ${String((error as Error).message)}`);
      });
    });
    for (const { counter, max, reason } of budgets) {
      if ((totals.get(counter.scope) ?? 0) >= max) this.raise(message, reason);
    }
    return null;
  }

  /** Counts a withheld message, and alerts the operator if the reason is one of SMS_ALERTS. */
  withheld(message: SmsMessage, objection: SmsObjection): void {
    this.metrics.countSmsWithheld(objection);
    if (isSmsAlert(objection)) this.raise(message, objection);
  }

  /** Call it when a code sent to this number was entered correctly: the number belongs to a real user. */
  async recordVerified(tx: Transaction, phone: string): Promise<void> {
    if (this.config.OTP_TEST_NUMBERS.has(phone)) return;
    const hashes = this.encryption.recipientHashes('sms', phone);
    await this.spending.recordVerified(tx, hashes, verifiedCodesTo(this.blockHashes(phone)));
  }

  /** Whether too few of the codes that were sent to the block before this one were verified. */
  private findHold(
    message: SmsMessage,
    codes: SmsCounter,
    { totals, verified }: SmsCounts,
  ): 'verification_ratio' | null {
    const { SMS_HOLD_AFTER: least, SMS_HOLD_BELOW_PERCENT: percent } = this.config;
    const sent = (totals.get(codes.scope) ?? 0) - 1;
    const isHeld = sent >= least && verified * 100 < sent * percent && !isFromKnownAddress(message);
    return isHeld ? 'verification_ratio' : null;
  }

  private reportSpent(message: SmsMessage, rules: SmsRule[], counts: SmsCounts): void {
    for (const rule of rules) {
      if (isSmsAlert(rule.reason) && totalOf(rule, counts) >= maxOf(rule, counts))
        this.raise(message, rule.reason);
    }
  }

  private raise(message: SmsMessage, reason: SmsAlert): void {
    const { config } = this;
    if (reason === 'verification_ratio') {
      const scope = `block:${this.blockHashes(message.to)[0]}`;
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

  private blockHashes(phone: string): string[] {
    return this.hashes(`sms-block:${numberBlock(phone)}`);
  }

  private addressHashes({ origin }: SmsMessage): string[] {
    return this.hashes(`sms-address:${addressBlock(origin.address)}`);
  }

  /** Number block and client address are stored only as keyed hashes. */
  private hashes(text: string): string[] {
    return [this.keyring.hmac('recipient-hash', text).toString('hex')];
  }
}

function findBroken(rules: SmsRule[], counts: SmsCounts): SmsObjection | null {
  return rules.find((rule) => totalOf(rule, counts) > maxOf(rule, counts))?.reason ?? null;
}

function totalOf({ counter }: SmsRule, { totals }: SmsCounts): number {
  return totals.get(counter.scope) ?? 0;
}

/** A tenant's own budget applies if it is smaller than the server's. */
function maxOf({ reason, max }: SmsRule, { tenantMax }: SmsCounts): number {
  return reason === 'tenant_budget' ? Math.min(max, tenantMax ?? max) : max;
}
