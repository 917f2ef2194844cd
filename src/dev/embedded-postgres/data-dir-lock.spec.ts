import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockDataDir } from './data-dir-lock.js';
import { prepareLayout } from './layout.js';

describe('lockDataDir', () => {
  const root = mkdtempSync(join(tmpdir(), 'gatehouse-lock-'));
  const layout = prepareLayout(join(root, 'data'));
  afterAll(() => rmSync(root, { recursive: true }));

  it('refuses a second holder, by whatever path it comes, and names the first', async () => {
    symlinkSync(layout.dataDir, join(root, 'link'));
    const lock = await lockDataDir(layout);
    await expect(lockDataDir(prepareLayout(join(root, 'link')))).rejects.toThrow(
      `${layout.dataDir} is in use by process ${process.pid}.`,
    );
    lock.release();
  });

  it('lets the next one in when it is released', async () => {
    (await lockDataDir(layout)).release();
    (await lockDataDir(layout)).release();
  });

  it('does not mind the holder of another directory', async () => {
    const first = await lockDataDir(layout);
    const second = await lockDataDir(prepareLayout(join(root, 'other')));
    first.release();
    second.release();
  });
});
