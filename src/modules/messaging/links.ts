const PATHS = {
  'verify-email': '/verify-email',
  'password-reset': '/reset-password',
  invitation: '/accept-invitation',
  'account-restoration': '/restore-account',
  'email-change-revert': '/revert-email-change',
} as const;

export type LinkPurpose = keyof typeof PATHS;

/**
 * Builds a link for a message; no other code does. The base is configured, never taken from a request. The secret is in
 * the fragment, which browsers send neither to a server nor in a Referer (RFC 3986 §3.5).
 */
export function buildLink(appUrl: string, purpose: LinkPurpose, token: string): string {
  return `${appUrl}${PATHS[purpose]}#token=${encodeURIComponent(token)}`;
}
