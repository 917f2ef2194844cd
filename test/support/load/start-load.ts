import { ACTS } from './acts.js';
import { Caller } from './caller.js';
import { Journal, NotAcknowledged } from './journal.js';
import { Life } from './life.js';
import { Random } from './random.js';

export interface Load {
  journal: Journal;
  /** Lives that run at once: so many requests can wait for an answer. */
  lives: number;
  /** Resolves when the last request has ended. */
  stop(): Promise<void>;
}

/** Changes that one organisation makes before the next one begins. */
const CHANGES_OF_A_LIFE = 14;

/**
 * The suites' mixed load on these servers, which share a database: registrations, sign-ins, refreshes, invitations, API
 * keys, and changes of passwords and roles. It goes on whatever happens to the servers, until `stop`.
 */
export function startLoad(
  origins: readonly string[],
  { seed, lives = 4 }: { seed: number; lives?: number },
): Load {
  const journal = new Journal();
  let isOver = false;
  const live = async (worker: number): Promise<void> => {
    for (let round = 1; !isOver; round += 1) {
      const random = new Random(seed + 1000 * worker + round);
      const caller = new Caller(origins, journal, random);
      try {
        const life = new Life(caller.send, journal, random, `life ${worker}.${round}`);
        await life.begin();
        for (let step = 0; step < CHANGES_OF_A_LIFE && !isOver; step += 1) await random.pick(ACTS)(life);
      } catch (error) {
        if (!(error instanceof NotAcknowledged)) journal.unexpected.push(String(error));
      }
      await caller.close();
    }
  };
  const running = Promise.all(Array.from({ length: lives }, (_, index) => live(index + 1)));
  return {
    journal,
    lives,
    stop: async () => {
      isOver = true;
      await running;
    },
  };
}
