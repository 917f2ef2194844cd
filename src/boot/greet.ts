import { isLoopback } from '../common/host.js';
import type { Log } from '../common/log.js';
import type { Config } from '../config/config.js';

const OPEN_INBOX =
  '/dev is open to the network, by ALLOW_DEVELOPMENT_ON_NETWORK, and shows every code and link that is sent';

/**
 * Logs the server's address. Outside production it also prints the addresses to open, and warns if others can read the
 * inbox.
 */
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
