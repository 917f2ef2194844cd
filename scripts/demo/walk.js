import { createHmac, randomInt } from 'node:crypto';
import { Api } from '../development/api.js';

const MASKED = /token$|^(secret|qrCode|otpauthUri|backupCodes)$/i;
const KEY = /^sk_live_\w{20}/;
const MAX_LENGTH = 160;

/**
 * One run against a server: sends requests, prints them, and stops at the first response that is not the expected
 * one.
 */
export class Walk extends Api {
  /** Steps taken so far. */
  steps = 0;
  /** In every name that this run makes up. */
  mark = randomInt(1e6, 1e7).toString(36);

  chapter(title) {
    console.log(`\n${title}`);
  }

  /** The response's body. Throws if its status is not the expected one. */
  async step(what, method, path, { body, token, expect = 200 } = {}) {
    const answer = await this.send(method, path, body, token);
    this.steps += 1;
    console.log(`  ${what}\n    ${method} ${path} → ${answer.status} ${shorten(answer.body)}`);
    if (answer.status === expect) return answer.body;
    throw new Error(
      `${method} ${path} should be answered ${expect}: ${JSON.stringify(answer.body, null, 2)}`,
    );
  }

  async message(to, template) {
    const found = await super.message(to, template);
    console.log(`  ✉ ${to}: ${(found.subject ?? found.text).split('\n')[0]}`);
    return found;
  }

  email(name) {
    return `${name}-${this.mark}@example.com`;
  }

  /** An unused Indian mobile number. */
  phone() {
    return `+9198${randomInt(1e7, 1e8)}`;
  }
}

/**
 * The present code of an authenticator that has read the QR code's address (RFC 6238: SHA-1, 6 digits). `steps` looks
 * ahead.
 */
export function totp(otpauthUri, steps = 0) {
  const { searchParams } = new URL(otpauthUri);
  const [secret, period] = [searchParams.get('secret'), Number(searchParams.get('period') ?? 30)];
  const bits = [...secret].map((char) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char).toString(2).padStart(5, '0'),
  );
  const key = Buffer.from(
    bits
      .join('')
      .match(/.{8}/g)
      .map((byte) => parseInt(byte, 2)),
  );
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000 / period) + steps));
  const mac = createHmac('sha1', key).update(counter).digest();
  const code = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(code % 1_000_000).padStart(6, '0');
}

function shorten(body) {
  if (body === '') return '';
  const text = JSON.stringify(body, (name, value) => (MASKED.test(name) || KEY.test(value) ? '…' : value));
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}
