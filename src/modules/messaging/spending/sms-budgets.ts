import type { Config } from '../../../config/config.js';
import type { SmsAlert, SmsObjection } from '../../metrics/sms-words.js';
import type { OutgoingMessage } from '../outgoing-message.js';
import { phoneCountry } from './phone-country.js';
import type { SmsCounter, SmsRule, Window } from './sms-charge.js';

/** A message that costs money to send. */
export type SmsMessage = Extract<
  OutgoingMessage,
  { template: 'otp' | 'invitation' | 'account-restoration' | 'notice' }
>;

/** Keyed hashes of what a message is counted under. */
export interface SmsHashes {
  address: string;
  block: string;
}

/**
 * Messages with budgets of their own: using up one category does not block another. Client address and number block do
 * not limit notices: who causes them cannot choose their recipients.
 */
interface SmsCategory {
  /** The prefix of the scopes of its budgets. */
  prefix: string;
  budget: SmsAlert;
  maxOf: (config: Config) => number;
}

const CODES: SmsCategory = {
  prefix: '',
  budget: 'daily_budget',
  maxOf: (config) => config.SMS_DAILY_BUDGET,
};

const CATEGORIES: Record<SmsMessage['template'], SmsCategory> = {
  otp: CODES,
  'account-restoration': CODES,
  invitation: {
    prefix: 'invitations:',
    budget: 'invitation_budget',
    maxOf: (config) => Math.min(config.SMS_INVITATION_DAILY_BUDGET, config.SMS_DAILY_BUDGET),
  },
  notice: {
    prefix: 'notices:',
    budget: 'notice_budget',
    maxOf: (config) => Math.min(config.SMS_NOTICE_DAILY_BUDGET, config.SMS_DAILY_BUDGET),
  },
};

/**
 * The rules whose counters the transaction locks, in the order in which they are checked and locked: the narrowest
 * first, so that it is reported if several are broken. `sharedBudgetsOf` are checked after them.
 */
export function rulesOf(message: SmsMessage, hashes: SmsHashes, config: Config): SmsRule[] {
  const narrow = message.template === 'notice' ? [] : narrowRulesOf(message, hashes, config);
  return [...narrow, ...tenantBudgetOf(message, config)];
}

/** Of one client address and one block of numbers. The block does not limit those who have signed in from there. */
function narrowRulesOf(message: SmsMessage, { address, block }: SmsHashes, config: Config): SmsRule[] {
  const { prefix } = CATEGORIES[message.template];
  const perBlock = isFromKnownAddress(message) ? Infinity : config.SMS_BLOCK_PER_HOUR;
  return [
    rule('address_limit', hourly(`${prefix}address-hour`, address), config.SMS_ADDRESS_PER_HOUR),
    rule('address_limit', daily(`${prefix}address-day`, address), config.SMS_ADDRESS_PER_DAY),
    rule('block_limit', hourly(`${prefix}block`, block), perBlock),
  ];
}

/** The daily budgets of a country and of the server, which transactions of everybody share. */
export function sharedBudgetsOf(
  message: SmsMessage,
  config: Config,
): [country: SmsRule<SmsAlert>, all: SmsRule<SmsAlert>] {
  const { prefix, budget, maxOf } = CATEGORIES[message.template];
  const country = daily(`${prefix}country`, phoneCountry(message.to));
  return [
    rule('country_budget', country, config.SMS_COUNTRY_DAILY_BUDGET),
    rule(budget, { scope: `${prefix}all`, window: 'day' }, maxOf(config)),
  ];
}

/** All daily budgets of the message. */
export function budgetsOf(message: SmsMessage, config: Config): SmsRule<SmsAlert>[] {
  return [...tenantBudgetOf(message, config), ...sharedBudgetsOf(message, config)];
}

function tenantBudgetOf({ tenantId }: SmsMessage, config: Config): SmsRule<SmsAlert>[] {
  return tenantId ? [rule('tenant_budget', daily('tenant', tenantId), config.SMS_TENANT_DAILY_BUDGET)] : [];
}

/** Codes sent to a block of numbers. */
export const codesTo = (block: string): SmsCounter => hourly('codes', block);

/** Codes sent to a block of numbers that were verified. */
export const verifiedCodesTo = (block: string): SmsCounter => hourly('verified', block);

/** The request comes from an address from which the account has signed in before. */
export function isFromKnownAddress(message: SmsMessage): boolean {
  return message.template === 'otp' && message.fromKnownAddress === true;
}

function rule<Reason extends SmsObjection>(
  reason: Reason,
  counter: SmsCounter,
  max: number,
): SmsRule<Reason> {
  return { reason, counter, max };
}

const hourly = (name: string, key: string) => counterOf(name, key, 'hour');
const daily = (name: string, key: string) => counterOf(name, key, 'day');

function counterOf(name: string, key: string, window: Window): SmsCounter {
  return { scope: `${name}:${key}`, window };
}
