import { writeFile } from 'node:fs/promises';
import pg from 'pg';

/*
 * Loaded into every measured server before its own code (`--import`). Counts what is sent to PostgreSQL, BEGIN and
 * COMMIT included, and answers the bench over the channel between the two processes.
 */
let statements = 0;
const { query } = pg.Client.prototype;
pg.Client.prototype.query = function (...parameters) {
  statements += 1;
  return query.apply(this, parameters);
};

let inspector;

const ANSWERS = {
  usage() {
    const { user, system } = process.cpuUsage();
    return { cpuMicros: user + system, peakKib: process.resourceUsage().maxRSS, statements };
  },

  async startProfile() {
    const { Session } = await import('node:inspector/promises');
    inspector = new Session();
    inspector.connect();
    await inspector.post('Profiler.enable');
    await inspector.post('Profiler.start');
  },

  async stopProfile({ file }) {
    const { profile } = await inspector.post('Profiler.stop');
    inspector.disconnect();
    await writeFile(file, JSON.stringify(profile));
  },
};

process.on('message', async ({ id, ask, ...values }) => {
  if (ask in ANSWERS) process.send({ id, answer: await ANSWERS[ask](values) });
});

// A bench that was killed leaves no server behind
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
