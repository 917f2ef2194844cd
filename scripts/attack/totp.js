import { createHmac } from 'node:crypto';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** The defaults of an authenticator. */
const STEP_SECONDS = 30;

/** The target's clock, as its responses show it: it determines the step of a code. */
export const clock = {
  offset: 0,
  now: () => Date.now() + clock.offset,
  /** A difference below two seconds is within the header's precision and the time of the transfer. */
  set(date) {
    const difference = Date.parse(date) - Date.now();
    clock.offset = Math.abs(difference) > 2_000 ? difference : 0;
  },
};

/** The code of an authenticator (RFC 6238: SHA-1, 6 digits) that has read the QR code's address. */
export class Authenticator {
  /** The last step with an accepted code: the target accepts none at or below it. */
  last = 0;

  constructor({ secret, otpauthUri }) {
    this.stepSeconds = Number(new URL(otpauthUri).searchParams.get('period') ?? STEP_SECONDS);
    const bits = [...secret].map((char) => BASE32.indexOf(char).toString(2).padStart(5, '0')).join('');
    this.key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  }

  step() {
    return Math.floor(clock.now() / 1000 / this.stepSeconds);
  }

  /** A code that was not used yet. Two are available at once, the present and the next; then time must pass. */
  fresh() {
    this.last = Math.max(this.last + 1, this.step());
    return this.at(this.last);
  }

  at(step) {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const mac = createHmac('sha1', this.key).update(counter).digest();
    const number = mac.readUInt32BE(mac[mac.length - 1] & 15) & 0x7fffffff;
    return String(number % 1_000_000).padStart(6, '0');
  }

  /** Six digits that are not a code of any near step; different for each index. */
  wrong(index = 0) {
    const present = this.step();
    const near = new Set([-3, -2, -1, 0, 1, 2, 3].map((offset) => this.at(present + offset)));
    for (let number = 100_000 + index * 10; ; number += 1) {
      if (!near.has(String(number))) return String(number);
    }
  }
}

/** Another six-digit code than this one. */
export function otherCode(code, step = 1) {
  return String((Number(code) + step) % 1_000_000).padStart(6, '0');
}
