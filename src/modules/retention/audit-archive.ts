import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Files of the audit trail, one for each month: a JSON object a line. */
export class AuditArchive {
  /** @param folder all servers should share it: each writes the months that it does not find there */
  constructor(private readonly folder: string) {}

  /** Keeps the month in a file, unless there is one. The file is complete and on the disk, or it does not exist. */
  async keep(month: string, pages: AsyncIterable<string[]>): Promise<void> {
    const file = join(this.folder, `audit-${month}.ndjson`);
    if (await exists(file)) return;
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const draft = `${file}.${randomUUID()}`;
    try {
      await write(draft, pages);
      await rename(draft, file);
      await sync(this.folder);
    } finally {
      await rm(draft, { force: true });
    }
  }
}

/** The name of a file is on the disk once its folder is. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function write(file: string, pages: AsyncIterable<string[]>): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    for await (const lines of pages) await handle.write(lines.map((line) => `${line}\n`).join(''));
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    (error: unknown) => {
      if ((error as { code?: string }).code === 'ENOENT') return false;
      throw error;
    },
  );
