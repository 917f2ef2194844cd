import { BlockList, isIP } from 'node:net';
import type { Log } from '../common/log.js';
import type { Config } from '../config/config.js';

const OPEN_INBOX =
  '/dev is open to the network and shows every code and link that is sent: set HOST=127.0.0.1, or NODE_ENV=production';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Says where the server is, in the log, and outside production in words; and who else can read its messages there. */
export function greet(config: Config, log: Log): void {
  const at = `http://${config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST}:${config.PORT}`;
  log.write('info', 'ready', { at });
  if (config.isProduction) return;
  const isOpen = !isLoopback(config.HOST);
  if (isOpen) log.write('warn', OPEN_INBOX, { host: config.HOST });
  const lines = [
    '',
    `  Gatehouse is ready   ${at}`,
    ...(config.docsEnabled ? [`  Try the API          ${at}/docs`] : []),
    `  Read its messages    ${at}/dev/inbox`,
    ...(isOpen ? [`  Warning              ${OPEN_INBOX}`] : []),
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Whether only this machine gets there. A name other than `localhost` may be anything. */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host.toLowerCase() === 'localhost';
  return loopback.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
