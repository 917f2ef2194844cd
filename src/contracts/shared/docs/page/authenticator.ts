const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** The defaults of authenticator apps. */
const STEP_SECONDS = 30;
const MODULUS = 1_000_000;

/** The state of the authenticator that the page simulates. */
export interface Authenticator {
  /** In base32. */
  secret: string;
  stepSeconds: number;
  /** The time step of the last code: the server accepts no code of this step or an earlier one. */
  lastStep: number;
}

/** The state after the enrolment: no code has been used yet. */
export function enrolled(secret: string, otpauthUri?: string): Authenticator {
  const period = otpauthUri && new URL(otpauthUri).searchParams.get('period');
  return { secret, stepSeconds: Number(period || STEP_SECONDS), lastStep: 0 };
}

/** The next code (RFC 6238); undefined if the browser has no Web Crypto, as on insecure origins. */
export async function nextCode(authenticator: Authenticator): Promise<string | undefined> {
  const { subtle } = globalThis.crypto as { subtle?: typeof crypto.subtle };
  if (!subtle) return undefined;
  const algorithm = { name: 'HMAC', hash: 'SHA-1' };
  const key = await subtle.importKey('raw', bytesOf(authenticator.secret), algorithm, false, ['sign']);
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(nextStep(authenticator)));
  const digest = new DataView(await subtle.sign('HMAC', key, counter));
  // RFC 4226 §5.3: dynamic truncation
  const offset = digest.getUint8(digest.byteLength - 1) & 0xf;
  return String((digest.getUint32(offset) & 0x7fffffff) % MODULUS).padStart(6, '0');
}

/** The state after the next code was used. */
export function used(authenticator: Authenticator): Authenticator {
  return { ...authenticator, lastStep: nextStep(authenticator) };
}

function nextStep({ stepSeconds, lastStep }: Authenticator): number {
  return Math.max(Math.floor(Date.now() / 1000 / stepSeconds), lastStep + 1);
}

function bytesOf(base32: string): Uint8Array<ArrayBuffer> {
  const bits = [...base32].map((digit) => BASE32.indexOf(digit).toString(2).padStart(5, '0')).join('');
  return Uint8Array.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}
