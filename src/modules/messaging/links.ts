const PATHS = {
  'verify-email': '/verify-email',
  'password-reset': '/reset-password',
  invitation: '/accept-invitation',
  'account-restoration': '/restore-account',
  'email-change-revert': '/revert-email-change',
} as const;

export type LinkPurpose = keyof typeof PATHS;

/**
 * The only place that builds a link for a message. The base is configured, never taken from a request; the secret
 * sits in the fragment, which no browser sends to a server or in a Referer (RFC 3986 §3.5).
 */
export function buildLink(appUrl: string, purpose: LinkPurpose, token: string): string {
  return `${appUrl}${PATHS[purpose]}#token=${encodeURIComponent(token)}`;
}
