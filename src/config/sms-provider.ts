/** The service that sends SMS, parsed from SMS_URL. */
export type SmsProvider =
  | {
      kind: 'twilio';
      /** Scheme, host and port. */
      baseUrl: string;
      accountSid: string;
      authToken: string;
      /** An E.164 number, an alphanumeric sender, or the SID of a Twilio messaging service. */
      from: string;
    }
  | { kind: 'webhook'; url: string };

export const SMS_URL_EXAMPLE = 'twilio://ACCOUNT_SID:AUTH_TOKEN@api.twilio.com?from=+15550001111';

const TWILIO_SCHEMES: Record<string, string> = { 'twilio:': 'https', 'twilio+http:': 'http' };
const SENDER = /^(?:\+[1-9]\d{4,14}|MG[0-9a-f]{32}|[A-Za-z0-9 ]{1,11})$/;

/**
 * Accepts `twilio://SID:TOKEN@host?from=…` or the `https://` address of a webhook. Throws an Error that states the
 * fault.
 */
export function parseSmsUrl(input: string): SmsProvider {
  if (!URL.canParse(input)) throw new Error('must be a URL');
  const url = new URL(input);
  const scheme = TWILIO_SCHEMES[url.protocol];
  if (scheme) return parseTwilio(url, scheme);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new Error('must start with twilio:// or https://');
  if (url.username || url.password || url.hash)
    throw new Error('must hold neither a password nor a fragment: SMS_WEBHOOK_SECRET signs what is sent');
  return { kind: 'webhook', url: url.href };
}

/** True if others can read messages on the network: plain HTTP to any host but this machine. */
export function isReadableInTransit(provider: SmsProvider): boolean {
  const { protocol, hostname } = new URL(provider.kind === 'twilio' ? provider.baseUrl : provider.url);
  return protocol === 'http:' && !/^(?:127(?:\.\d+){3}|\[::1\]|localhost)$/.test(hostname);
}

function parseTwilio(url: URL, scheme: string): SmsProvider {
  const [accountSid, authToken] = [url.username, url.password].map(decodeURIComponent);
  if (!accountSid || !authToken) throw new Error('needs the account SID and the token: twilio://SID:TOKEN@…');
  if (!url.host || !/^\/?$/.test(url.pathname)) throw new Error('must name a host, and no path');
  // A plus sign that is not percent-encoded decodes to a blank
  const from = url.searchParams.get('from')?.replace(/^ /, '+') ?? '';
  if (!SENDER.test(from))
    throw new Error('needs a sender: ?from=+15550001111, or the SID of a messaging service');
  return { kind: 'twilio', baseUrl: `${scheme}://${url.host}`, accountSid, authToken, from };
}
