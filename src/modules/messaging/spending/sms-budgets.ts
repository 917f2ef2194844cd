import type { Config } from '../../../config/config.js';
import type { SmsAlert } from '../../metrics/sms-words.js';
import type { OutgoingMessage } from '../outgoing-message.js';
import { phoneCountry } from './phone-country.js';

/** A message that costs money to send. */
export type SmsMessage = Extract<
  OutgoingMessage,
  { template: 'otp' | 'invitation' | 'account-restoration' | 'notice' }
>;

/** At most `max` SMS in 24 hours. */
export interface SmsBudget {
  reason: SmsAlert;
  scope: string;
  max: number;
}

/**
 * Messages with budgets of their own: using up one category does not block another. The templates of a category are
 * counted together by client address and number block. Notices are not counted by these: who causes them cannot choose
 * their recipients.
 */
export interface SmsCategory {
  templates: string[];
  /** The prefix of the scopes of its budgets. */
  prefix: string;
  budget: SmsAlert;
  maxOf: (config: Config) => number;
}

const CODES: SmsCategory = {
  templates: ['otp', 'account-restoration'],
  prefix: '',
  budget: 'daily_budget',
  maxOf: (config) => config.SMS_DAILY_BUDGET,
};

const CATEGORIES: Record<SmsMessage['template'], SmsCategory> = {
  otp: CODES,
  'account-restoration': CODES,
  invitation: {
    templates: ['invitation'],
    prefix: 'invitations:',
    budget: 'invitation_budget',
    maxOf: (config) => Math.min(config.SMS_INVITATION_DAILY_BUDGET, config.SMS_DAILY_BUDGET),
  },
  notice: {
    templates: [],
    prefix: 'notices:',
    budget: 'notice_budget',
    maxOf: (config) => Math.min(config.SMS_NOTICE_DAILY_BUDGET, config.SMS_DAILY_BUDGET),
  },
};

export function categoryOf(message: SmsMessage): SmsCategory {
  return CATEGORIES[message.template];
}

/** The budgets to charge. The narrowest comes first, so that it is reported if several are used up. */
export function budgetsOf(message: SmsMessage, config: Config): SmsBudget[] {
  const { prefix, budget, maxOf } = categoryOf(message);
  const country = phoneCountry(message.to);
  const budgets: SmsBudget[] = [
    { reason: 'country_budget', scope: `${prefix}country:${country}`, max: config.SMS_COUNTRY_DAILY_BUDGET },
    { reason: budget, scope: `${prefix}all`, max: maxOf(config) },
  ];
  const { tenantId } = message;
  if (!tenantId) return budgets;
  return [
    { reason: 'tenant_budget', scope: `tenant:${tenantId}`, max: config.SMS_TENANT_DAILY_BUDGET },
    ...budgets,
  ];
}
