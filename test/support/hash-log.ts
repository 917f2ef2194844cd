import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Counts how often a server's hashing library is called: each call leaves a letter in a file. */
export class HashLog {
  private readonly folder = mkdtempSync(join(tmpdir(), 'gatehouse-hashes-'));
  private readonly marks = join(this.folder, 'marks');
  private readonly preload = join(this.folder, 'preload.cjs');

  constructor() {
    writeFileSync(this.marks, '');
    writeFileSync(this.preload, `(${markCalls.toString()})()`);
  }

  /** For the server that is to be counted. */
  get settings(): Record<string, string> {
    return { NODE_OPTIONS: `--require=${this.preload}`, HASH_MARKS: this.marks };
  }

  /** Calls since the last time. */
  take(): number {
    const { length } = readFileSync(this.marks, 'utf8');
    writeFileSync(this.marks, '');
    return length;
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** Runs in the server, before anything of its own, as the text of a file: it may use nothing but what it asks for. */
function markCalls(): void {
  const { appendFileSync } = process.getBuiltinModule('node:fs');
  const { createRequire } = process.getBuiltinModule('node:module');
  const load = createRequire(`${process.cwd()}/package.json`) as (name: string) => Record<string, unknown>;
  for (const name of ['@node-rs/argon2', 'argon2']) {
    try {
      const library = load(name);
      for (const call of ['hash', 'verify']) {
        const original = library[call] as (...args: unknown[]) => unknown;
        library[call] = (...args: unknown[]) => {
          appendFileSync(process.env.HASH_MARKS ?? '', call.charAt(0));
          return original(...args);
        };
      }
    } catch {
      // Optional: the other one does the work
    }
  }
}
