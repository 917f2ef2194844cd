import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { addressBlock } from '../../../common/client.js';
import { Keyring } from '../../../common/keyring.js';
import { CONFIG, type Config } from '../../../config/config.js';
import type { Tx } from '../../../database/database.js';
import { MessageSeal } from '../message-seal.js';
import type { OutgoingMessage } from '../outgoing-message.js';
import { numberBlock, phoneCountry } from './phone-country.js';
import { FIND_OBJECTION, LOCK_SPENDING, MARK_VERIFIED, SPEND } from './spending.queries.js';

/** Why an SMS does not leave. */
export type Objection =
  | 'country_not_allowed'
  | 'address_limit'
  | 'block_limit'
  | 'tenant_budget'
  | 'country_budget'
  | 'daily_budget'
  | 'verification_ratio';

/** A message that costs money to send. */
export type SmsMessage = Extract<OutgoingMessage, { template: 'otp' | 'invitation' | 'account-restoration' }>;

/** So many SMS in 24 hours. */
interface Budget {
  reason: Objection;
  scope: string;
  max: number;
}

/** What an SMS is counted under. Neither number nor address is readable in it. */
export interface SpendKeys {
  country: string;
  blockHash: Buffer;
  addressHash: Buffer;
}

/**
 * Bounds what strangers can make the operator pay for: SMS to expensive numbers that are theirs ("pumping"). Asks the
 * allow-list of countries, speed per client address and number block, budgets per tenant, country and day, and
 * whether the codes sent to a country are used at all. All but the allow-list is lifted where throttling is off.
 */
@Injectable()
export class SpendGuard implements OnApplicationBootstrap {
  private readonly logger = new Logger('SpendGuard');

  constructor(
    private readonly keyring: Keyring,
    private readonly seal: MessageSeal,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.SMS_URL || this.allowsEveryCountry || this.config.SMS_COUNTRIES) return;
    this.logger.warn('SMS_COUNTRIES is not set: no SMS leaves in production without it');
  }

  /**
   * The first objection to sending this, or null. From here until the transaction ends nobody else can spend: the
   * caller records the message under `keysOf`, calls `spend`, and does little after it.
   */
  async findObjection(tx: Tx, message: SmsMessage, suppressed: boolean): Promise<Objection | null> {
    const { config } = this;
    const country = phoneCountry(message.to);
    const allowed = config.SMS_COUNTRIES?.has(country) ?? this.allowsEveryCountry;
    if (!allowed) return 'country_not_allowed';
    if (!config.THROTTLE_ENABLED) return null;
    await tx.query(LOCK_SPENDING);
    const budgets = this.budgetsOf(message, suppressed);
    const [row] = await tx.query<{ objection: Objection | null }[]>(FIND_OBJECTION, [
      suppressed,
      country,
      this.blockHashes(message),
      this.addressHashes(message),
      config.SMS_BLOCK_PER_HOUR,
      config.SMS_ADDRESS_PER_HOUR,
      budgets.map((budget) => budget.reason),
      budgets.map((budget) => budget.scope),
      budgets.map((budget) => budget.max),
      config.SMS_HOLD_AFTER,
      config.SMS_HOLD_BELOW_PERCENT,
      message.tenantId ?? null,
    ]);
    return row?.objection ?? null;
  }

  /** Charges the budgets, in the transaction in which `findObjection` had none. */
  async spend(tx: Tx, message: SmsMessage, suppressed: boolean): Promise<void> {
    if (!this.config.THROTTLE_ENABLED) return;
    await tx.query(SPEND, [this.budgetsOf(message, suppressed).map((budget) => budget.scope)]);
  }

  keysOf(message: SmsMessage): SpendKeys {
    return {
      country: phoneCountry(message.to),
      blockHash: this.blockHashes(message)[0] ?? Buffer.alloc(0),
      addressHash: this.addressHashes(message)[0] ?? Buffer.alloc(0),
    };
  }

  /** A code sent to this number was right: whoever asked for it can read what is sent there. */
  async recordVerified(tx: Tx, phone: string): Promise<void> {
    await tx.query(MARK_VERIFIED, [this.seal.recipientHashes('sms', phone)]);
  }

  private budgetsOf(message: SmsMessage, suppressed: boolean): Budget[] {
    const { SMS_TENANT_DAILY_BUDGET, SMS_COUNTRY_DAILY_BUDGET, SMS_DAILY_BUDGET } = this.config;
    const { tenantId } = message;
    const country = phoneCountry(message.to);
    const budgets: Budget[] = [
      { reason: 'country_budget', scope: `country:${country}`, max: SMS_COUNTRY_DAILY_BUDGET },
      { reason: 'daily_budget', scope: 'all', max: SMS_DAILY_BUDGET },
    ];
    if (tenantId) {
      budgets.unshift({ reason: 'tenant_budget', scope: `tenant:${tenantId}`, max: SMS_TENANT_DAILY_BUDGET });
    }
    return suppressed
      ? budgets.map((budget) => ({ ...budget, scope: `suppressed:${budget.scope}` }))
      : budgets;
  }

  private get allowsEveryCountry(): boolean {
    return !this.config.isProduction;
  }

  private blockHashes({ to }: SmsMessage): Buffer[] {
    return this.keyring.hmacs('recipient-hash', `sms-block:${numberBlock(to)}`);
  }

  private addressHashes({ client }: SmsMessage): Buffer[] {
    return this.keyring.hmacs('recipient-hash', `sms-address:${addressBlock(client.address)}`);
  }
}
