export const SIGN_IN_RESULTS = ['signed_in', 'second_factor_required', 'refused'] as const;
export type SignInResult = (typeof SIGN_IN_RESULTS)[number];

/**
 * Methods of RFC 8176 where it defines one. `link`: the link of an invitation; `unknown`: a temporary token that is not
 * valid.
 */
export const FIRST_FACTORS = ['pwd', 'otp', 'link', 'unknown'] as const;
export type FirstFactor = (typeof FIRST_FACTORS)[number];
