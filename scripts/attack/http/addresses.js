import { randomInt } from 'node:crypto';
import net from 'node:net';

/**
 * Source addresses for a target on this machine, because limits apply to addresses. Where the machine has only one
 * (not Linux, or a target elsewhere), `next` returns undefined and every request comes from that one.
 */
export class Addresses {
  /** Another block in each run, so that the limits of the previous run do not affect this one. */
  last = randomInt(2 ** 22);

  constructor(isMany) {
    this.isMany = isMany;
  }

  static async of({ hostname }, isLoopback) {
    const isIpv4 = hostname === 'localhost' || net.isIPv4(hostname);
    return new Addresses(isLoopback && isIpv4 && (await canBind('127.64.0.1')));
  }

  next() {
    if (!this.isMany) return undefined;
    this.last += 1;
    const number = this.last % 2 ** 22;
    return `127.${64 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
  }
}

function canBind(address) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(0, address, () => server.close(() => resolve(true)));
  });
}
