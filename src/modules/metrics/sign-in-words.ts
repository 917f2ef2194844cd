export const SIGN_IN_RESULTS = ['signed_in', 'second_factor_required', 'refused'] as const;
export type SignInResult = (typeof SIGN_IN_RESULTS)[number];

/** RFC 8176 where it has a word; `link` is an invitation's, `unknown` a temp token's that is none. */
export const FIRST_FACTORS = ['pwd', 'otp', 'link', 'unknown'] as const;
export type FirstFactor = (typeof FIRST_FACTORS)[number];
