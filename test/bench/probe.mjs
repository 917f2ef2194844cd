import { writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';

/*
 * Loaded into every measured server before its own code (`--import`). Counts the messages to PostgreSQL, BEGIN and
 * COMMIT included, and answers the bench over the channel between the two processes.
 */
let statements = 0;
const { DATABASE_URL } = process.env;
/** Absent beside the embedded one, whose statements are not counted. */
const POSTGRES_PORT = DATABASE_URL && Number(new URL(DATABASE_URL).port);
/** The messages Query and Execute of its protocol; each is a write of its own. */
const STARTS = new Set(['Q', 'E'].map((letter) => letter.charCodeAt(0)));
const { write } = Socket.prototype;
Socket.prototype.write = function (chunk, ...parameters) {
  if (STARTS.has(chunk[0]) && this.remotePort === POSTGRES_PORT) statements += 1;
  return write.call(this, chunk, ...parameters);
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

// Ends the server when the bench was killed
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
