import net from 'node:net';
import { UsageError } from './usage-error.js';

/** This machine: the addresses and the one name that cannot belong to another. */
export function isLoopback({ hostname }) {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (net.isIPv4(host)) return host.startsWith('127.');
  return host === 'localhost' || host === '::1';
}

/**
 * Makes the operator type the name of a host that is not this machine. No option skips this, so that no script
 * attacks a host that nobody has checked.
 */
export async function confirmTarget(url, terminal) {
  if (isLoopback(url)) return;
  if (!terminal.isInteractive) {
    throw new UsageError(`${url.hostname} is not this machine: attacking it wants a terminal to confirm on`);
  }
  terminal.say(
    `${url.hostname} is not this machine. The attacks write to it, send messages, and meet its limits. Run them only ` +
      'against a deployment that is yours, with the consent of those who operate it.',
  );
  const typed = await terminal.ask(`Type the name of the host to continue: `);
  if (typed.trim() !== url.hostname) throw new UsageError('That is not its name: nothing was sent');
}
