import { createHmac } from 'node:crypto';
import { epochSeconds } from './clock.js';
import { TOTP_STEP_SECONDS } from './server.js';

/** From the present one: those that the server accepts, and one more on either side. */
const NEAR_STEPS = [-2, -1, 0, 1, 2];
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** An authenticator app, made from RFC 6238 alone: it shares no code with the server. */
export class Authenticator {
  private readonly key: Buffer;

  constructor(readonly secret: string) {
    const bits = [...secret].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('');
    this.key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  }

  static presentStep(): number {
    return Math.floor(epochSeconds() / TOTP_STEP_SECONDS);
  }

  codeOf(step: number): string {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const digest = createHmac('sha1', this.key).update(counter).digest();
    const offset = (digest.at(-1) ?? 0) & 0xf;
    return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
  }

  /** The present code. It is valid although the server may be in the next step already. */
  code(): string {
    return this.codeOf(Authenticator.presentStep());
  }

  /** The next code, which a server accepts already. */
  nextCode(): string {
    return this.codeOf(Authenticator.presentStep() + 1);
  }

  /** Whether the codes of all near steps differ. */
  hasDistinctCodes(): boolean {
    return this.nearCodes().size === NEAR_STEPS.length;
  }

  /** Six digits that are not a code of any near step. */
  wrongCode(index = 0): string {
    const near = this.nearCodes();
    const candidates = Array.from({ length: 10 }, (_, extra) => String(100_000 + index * 10 + extra));
    return candidates.find((code) => !near.has(code)) ?? '';
  }

  private nearCodes(): Set<string> {
    const present = Authenticator.presentStep();
    return new Set(NEAR_STEPS.map((offset) => this.codeOf(present + offset)));
  }
}
