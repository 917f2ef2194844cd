/** The reasons why the spend guard withholds an SMS. */
export const SMS_OBJECTIONS = [
  'country_not_allowed',
  'address_limit',
  'block_limit',
  'tenant_budget',
  'country_budget',
  'daily_budget',
  'invitation_budget',
  'notice_budget',
  'verification_ratio',
] as const;
export type SmsObjection = (typeof SMS_OBJECTIONS)[number];

/** The reasons that alert the operator, once when each begins. */
export const SMS_ALERTS = [
  'tenant_budget',
  'country_budget',
  'daily_budget',
  'invitation_budget',
  'notice_budget',
  'verification_ratio',
] as const satisfies SmsObjection[];
export type SmsAlert = (typeof SMS_ALERTS)[number];

export const isSmsAlert = (objection: SmsObjection): objection is SmsAlert =>
  (SMS_ALERTS as readonly SmsObjection[]).includes(objection);
