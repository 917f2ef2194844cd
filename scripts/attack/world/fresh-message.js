import { setTimeout as pause } from 'node:timers/promises';
import { NotTried } from '../outcomes.js';

/** A recipient gets one message of a kind a minute where the target has its usual limits. */
const INTERVAL_SECONDS = 61;

/**
 * The message that `ask` makes the target send. Where the interval between two messages to one recipient keeps it
 * back, asks again when that is over, if the operator lets the pack wait so long.
 */
export async function freshMessage(t, to, template, ask) {
  const { mailbox } = t;
  const known = new Set((await mailbox.messages(to, template)).map(({ id }) => id));
  for (const seconds of [0, INTERVAL_SECONDS]) {
    if (seconds > t.world.wait) break;
    await pause(seconds * 1000);
    await ask();
    const found = (await mailbox.messages(to, template)).find(({ id }) => !known.has(id));
    if (found) return found;
  }
  throw new NotTried(
    `the target keeps a second message to one recipient back: needs --wait ${INTERVAL_SECONDS}`,
  );
}
