import { setTimeout as pause } from 'node:timers/promises';
import { NotTried } from '../outcomes.js';

/** With the default limits, a recipient gets one message of a kind a minute. */
const INTERVAL_SECONDS = 61;

/**
 * The message that `ask` makes the target send. If the interval between two messages to one recipient suppresses it,
 * asks again after the interval, if the operator allows the pack to wait that long.
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
    `the target suppresses a second message to one recipient: needs --wait ${INTERVAL_SECONDS}`,
  );
}
