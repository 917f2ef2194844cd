import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Client, Reply } from './client.js';
import { unique } from './given.js';
import type { Settings } from './server.js';
import { createTestApp, type TestApp } from './test-app.js';

/**
 * The work of the server for a request, in order: statements without their values, and hashes with their parameters.
 */
export type Work = string[];

/**
 * Statements that depend on the clock and on the pool, whatever the request is: signing keys are read after a time, and a
 * new connection is set up when no other is free.
 */
const OF_NO_REQUEST =
  /^query (read-signing-keys$|SELECT ARRAY\[set_config|SELECT ARRAY\(SELECT current_setting)/;

/** A server that records the work of each measured request. It uses no clock. */
export class WorkProbe {
  private constructor(
    private readonly t: TestApp,
    private readonly file: string,
  ) {}

  static create(settings: Settings = {}): { t: TestApp; probe: WorkProbe } {
    const folder = process.env.GATEHOUSE_TEST_RUN_DIR ?? '';
    const file = join(folder, `work-${randomBytes(6).toString('hex')}.ndjson`);
    writeFileSync(file, '');
    const module = pathToFileURL(resolve('test/support/work-probe.mjs')).href;
    const t = createTestApp({ NODE_OPTIONS: `--import ${module}`, WORK_PROBE_FILE: file, ...settings });
    return { t, probe: new WorkProbe(t, file) };
  }

  /** The response, and the work of the server before it; without a client, from an address of its own. */
  async send<Body>(
    method: string,
    path: string,
    body: unknown,
    from: Client = this.t.client(),
    headers: Record<string, string> = {},
  ): Promise<{ reply: Reply<Body>; work: Work }> {
    const request = unique();
    const reply = await from.send<Body>(method, path, body, {
      headers: { ...headers, 'x-work-probe': request },
    });
    return { reply, work: this.workOf(request) };
  }

  private workOf(request: string): Work {
    const lines = readFileSync(this.file, 'utf8').split('\n').slice(0, -1);
    const notes = lines.map((line) => JSON.parse(line) as { request: string; work: string });
    const own = notes.filter((note) => note.request === request).map(({ work }) => work);
    return own.filter((work) => !OF_NO_REQUEST.test(work));
  }
}
