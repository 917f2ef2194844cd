import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyTemplate, findTemplate, templateKey } from './template.js';

let folder: string;
const cacheHome = process.env.XDG_CACHE_HOME;
const cache = () => join(folder, 'cache', 'gatehouse');
const otherwise = () => join(folder, 'otherwise');

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'template-'));
  process.env.XDG_CACHE_HOME = join(folder, 'cache');
});
afterEach(() => {
  if (cacheHome === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = cacheHome;
  fs.rmSync(folder, { recursive: true });
});

/** Two files, which belong together, with other work in between. */
const buildAs = (content: string) => async (target: string) => {
  fs.writeFileSync(join(target, 'one'), content);
  await new Promise(setImmediate);
  fs.writeFileSync(join(target, 'other'), content);
};
const find = (build: (target: string) => Promise<void>) => findTemplate('key', otherwise(), build);
const contentOf = (template: string) =>
  ['one', 'other'].map((name) => fs.readFileSync(join(template, name), 'utf8'));

describe('the template of ephemeral servers', () => {
  it('is complete, and the same for each of twenty first starts at once', async () => {
    const starts = Array.from({ length: 20 }, async (_, n) => contentOf(await find(buildAs(String(n)))));
    const [[one] = [], ...others] = await Promise.all(starts);
    for (const content of others) expect(content).toEqual([one, one]);
    expect(fs.readdirSync(cache())).toEqual(['key']);

    const copy = fs.mkdtempSync(join(folder, 'copy-'));
    await copyTemplate(join(cache(), 'key'), copy);
    expect(contentOf(copy)).toEqual([one, one]);
  });

  it('has neither the log nor the owner of the server that built it', async () => {
    const template = await find((target) => {
      for (const name of ['one', 'postgres.log', 'postgres.owner']) fs.writeFileSync(join(target, name), '');
      return Promise.resolve();
    });
    expect(fs.readdirSync(template)).toEqual(['one']);
  });

  it('is built anew after a build that failed', async () => {
    await expect(find(() => Promise.reject(new Error('no space')))).rejects.toThrow('no space');
    expect(fs.readdirSync(cache())).toEqual([]);
    expect(contentOf(await find(buildAs('second')))).toEqual(['second', 'second']);
  });

  it('is not taken from a folder that others may write to', async () => {
    fs.mkdirSync(join(cache(), 'key'), { recursive: true });
    fs.chmodSync(cache(), 0o777);
    expect(await find(buildAs('own'))).toBe(join(otherwise(), 'template', 'key'));
  });

  it('is removed when no server has used it for a week', async () => {
    await findTemplate('old', otherwise(), buildAs('old'));
    fs.utimesSync(join(cache(), 'old'), 0, 0);
    await findTemplate('new', otherwise(), buildAs('new'));
    expect(fs.readdirSync(cache())).toEqual(['new']);
  });

  it('has another key for other texts and for other files', () => {
    const file = join(folder, 'index.js');
    fs.writeFileSync(file, '1');
    const keys = [templateKey(file, 'a', 'b'), templateKey(file, 'ab'), templateKey(file, 'a', 'c')];
    fs.writeFileSync(file, '2');
    keys.push(templateKey(file, 'a', 'b'));
    expect(new Set(keys).size).toBe(4);
  });
});
